"""Running pyinfra and reading its result: a run that did nothing or failed is never a success."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.antennas.rollout import deployment
from millwright.antennas.rollout.deployment import deploy_gateways, inventory_of, naming, parse_result
from millwright.core.errors import FailedError
from millwright.core.places import product_root

CAPTURED = (Path(__file__).parents[1] / "data" / "pyinfra-result.json").read_text()


def changed_result(**change):
    result = json.loads(CAPTURED)
    result["results"]["operations"][0].update(change)
    return json.dumps(result)


def test_a_captured_run_counts_its_changes():
    deployed = parse_result(CAPTURED)
    assert deployed.operations == 15
    assert deployed.unchanged == 13
    assert deployed.changed == (
        "rack-antenna: Ensure the tunnel leads to the factory",
        "rack-antenna: Ensure the running tunnel is the described one",
    )


def test_a_failed_operation_is_a_failure_even_if_pyinfra_ends_well():
    with pytest.raises(FailedError, match="Ensure WireGuard is installed on rack-antenna"):
        parse_result(changed_result(error=["rack-antenna"], no_change=[]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"results": null}',
        CAPTURED[: len(CAPTURED) // 2],
        '{"results": {"operations": [{}]}}',
    ],
)
def test_a_truncated_or_dry_result_is_refused(text):
    with pytest.raises(FailedError, match="can't be read"):
        parse_result(text)


def test_a_run_without_operations_is_no_success():
    with pytest.raises(FailedError, match="no operation"):
        parse_result('{"results": {"operations": []}}')


@pytest.mark.tools
def test_a_facility_without_an_inventory_of_its_own_takes_the_common_one(tmp_path):
    shutil.copy(product_root() / "inventories" / "rack" / "facility.yaml", tmp_path / "facility.yaml")
    inventory = inventory_of(tmp_path / "facility.yaml", product_root())
    assert inventory == product_root() / "inventories" / "pyinfra.py"
    command = [sys.executable, "-m", "pyinfra", str(inventory), "debug-inventory"]
    done = subprocess.run(
        command,
        env=naming(tmp_path / "facility.yaml", product_root()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "rack-antenna2" in done.stdout + done.stderr


def test_an_inventory_beside_the_facility_is_the_sites_own(tmp_path):
    (tmp_path / "pyinfra.py").write_text("")
    assert inventory_of(tmp_path / "facility.yaml", product_root()) == tmp_path.resolve() / "pyinfra.py"


def test_pyinfras_own_words_come_back_when_it_fails(tmp_path):
    (tmp_path / "pyinfra.py").write_text('raise RuntimeError("broken inventory")\n')
    (tmp_path / "antennas").mkdir()
    (tmp_path / "antennas" / "deploy.py").write_text("")
    with pytest.raises(FailedError, match="broken inventory"):
        deploy_gateways(tmp_path / "facility.yaml", root=tmp_path)


def test_limits_are_arguments_and_no_shell_text(tmp_path, monkeypatch):
    (tmp_path / "pyinfra.py").write_text("")
    seen = []

    def run_tool(arguments, **_):
        seen.extend(arguments)
        return type("Done", (), {"returncode": 0, "stdout": CAPTURED, "stderr": ""})

    monkeypatch.setattr(deployment, "run_tool", run_tool)
    deploy_gateways(tmp_path / "facility.yaml", root=tmp_path, groups=["antenna_a b;id"])
    assert seen[seen.index("--limit") + 1] == "antenna_a b;id"
