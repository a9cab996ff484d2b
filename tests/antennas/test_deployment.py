"""Running pyinfra and reading its result: a run that did nothing or failed is never a success."""

import json
from pathlib import Path

import pytest

from millwright.antennas import deployment
from millwright.antennas.deployment import deploy_gateways, parse_result
from millwright.errors import BadInputError, FailedError

CAPTURED = (Path(__file__).parent / "data" / "pyinfra-result.json").read_text()


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


def test_a_facility_without_inventory_file_says_what_to_copy(tmp_path):
    with pytest.raises(BadInputError, match=r"pyinfra\.py.*a copy of inventories/rack/pyinfra\.py"):
        deploy_gateways(tmp_path / "facility.yaml", root=tmp_path)


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
