"""Each way to alter a stored run that ``alterations.yaml`` lists is refused, and by what the table says."""

import importlib.util
import shutil
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml

from millwright.adapters.openssh.signatures import sign_file
from millwright.app.context import Context
from millwright.app.measure.results_verify import VerifyRequest, verify_results
from millwright.app.measure.results_witness import WitnessRequest, witness_chain
from millwright.app.measure.trust import Trust
from millwright.app.measure.witnesses import WitnessTrust
from millwright.checks.registry import shipped_checks
from millwright.facility import load_facility
from millwright.results.session import open_session
from millwright.results.storing import store_run
from millwright.verdicts.expectations import expected_value, list_expectations

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("forging", HERE / "forging.py")
forging = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forging)

CASES = yaml.safe_load((HERE / "alterations.yaml").read_text())
WITH_KEY = [case for case in CASES if "with_key" in case]
RUNS = {"first": "20261123T172147Z-1a2b3c4d", "run": "20261124T100000Z-0000000b"}
TIMES = (("2026-11-23T17:21:47Z", "2026-11-23T17:21:53Z"), ("2026-11-24T10:00:00Z", "2026-11-24T10:00:06Z"))

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    found = {}
    for name in ("operator", "stranger", "buyer"):
        found[name] = folder / name
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(found[name])]
        subprocess.run(command, check=True)
        (folder / f"{name}.signers").write_text(f"{name} {found[name].with_suffix('.pub').read_text()}")
    return found


@pytest.fixture(scope="module")
def signed(tmp_path_factory, keys, run_info, rack_file, session_folder):
    """Two runs, signed by the operator and witnessed by the buyer, who keeps the list."""
    root = tmp_path_factory.mktemp("signed")
    expected = tuple(map(expected_value, list_expectations(load_facility(rack_file), shipped_checks())))
    for run_id, (started, finished) in zip(RUNS.values(), TIMES, strict=True):
        info = replace(run_info, run_id=run_id, started=started, finished=finished, expected=expected)
        sign = partial(sign_file, key=keys["operator"])
        store_run(
            root / "results",
            info,
            rack_file.read_bytes(),
            [open_session(session_folder)],
            sign,
            registry=shipped_checks(),
        )
    witness_chain(Context(), WitnessRequest("rack", sign_with=keys["buyer"], results=root / "results"))
    (root / "results" / "rack" / ".witness").rename(root / "kept")
    return root


@pytest.fixture
def results(signed, tmp_path):
    shutil.copytree(signed / "results", tmp_path / "results")
    return tmp_path / "results"


@pytest.fixture
def verify(results, signed, keys, rack_file):
    """Exit code of ``results verify`` with the operator's key known, and with what else a buyer has."""

    def run(*, against=False, witness=False):
        trust = Trust(
            keys["operator"].with_name("operator.signers"), against=str(rack_file) if against else None
        )
        seen = WitnessTrust(None, keys["buyer"].with_name("buyer.signers"), signed / "kept")
        request = VerifyRequest("rack", results=results, trust=trust)
        return verify_results(Context(), replace(request, witness=seen) if witness else request)

    return run


@pytest.fixture
def forger(results, keys):
    return forging.Forger(results / "rack", RUNS, keys)


def test_the_table_is_long_enough_and_its_names_are_different():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 90


def test_what_nobody_altered_is_trusted(verify):
    found = verify(against=True, witness=True)
    assert (found.ok, found.exit_code) == (True, 0)
    assert [each.state for each in found.chain.witnesses] == ["good"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_without_the_key_each_alteration_is_refused(case, verify, forger):
    forger.alter(case["alter"])
    found = verify(witness=case.get("without_key") == "witness")
    assert (found.ok, found.exit_code) == (False, 1)


@pytest.mark.parametrize("case", WITH_KEY, ids=lambda case: case["name"])
def test_with_the_key_the_table_says_what_refuses(case, verify, forger, results):
    if case["with_key"] == "rederive":
        pytest.importorskip("millwright.results.rederive", reason="samples are not derived again yet")
    forger.alter(case["alter"])
    forger.seal(results / "rack" / RUNS["run"])
    found = verify()
    if case["with_key"] in {"verify", "rederive"}:
        assert not all(run.ok for run in found.runs) or found.chain.breaks
    elif case["with_key"] == "chain":
        assert found.chain.breaks
    else:
        assert (found.ok, found.exit_code) == (True, 0), "a forgery that only others can find"
        if case["with_key"] == "against":
            own = verify(against=True)
            assert own.exit_code == 1
            lines = [line for run in own.runs for line in run.distrust]
            assert any("MW6196" in line or "MW6400" in line for line in lines)
        seen = verify(witness=True)
        assert seen.exit_code == 1
        assert seen.chain.unwitnessed
