"""The whole chain on the rack, by the commands that a user types: measured, judged, reported."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.verdicts.expectations import list_expectations

pytestmark = pytest.mark.rack


@dataclass(frozen=True)
class Chain:
    folder: Path
    run_exit_code: int
    report: dict[str, object]


def millwright(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "millwright", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def chain(provisioned_rack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chain")
    applied = millwright("antenna", "apply", "rack")
    assert applied.returncode == 0, applied.stderr
    results = f"--results-dir={folder / 'results'}"
    run = millwright("run", "rack", results)
    assert run.returncode in {0, 1, 3}, run.stdout + run.stderr
    written = millwright("report", "rack", results, f"--output={folder / 'output'}")
    assert written.returncode == run.returncode, written.stderr
    report = json.loads((folder / "output" / "rack" / "latest" / "report.json").read_text())
    return Chain(folder, run.returncode, report)


def test_every_expected_value_has_a_verdict(chain):
    """PASS on a quiet machine; on a busy one also FAIL or INCONCLUSIVE, but never NOT MEASURED."""
    expected = list_expectations(load_facility(facility_file("rack")), shipped_checks())
    results = f"--results-dir={chain.folder / 'results'}"
    rows = json.loads(millwright("results", "show", "rack", "--json", results).stdout)["rows"]
    assert len(rows) == len(expected) > 20
    assert {row["judgement"]["verdict"] for row in rows} <= {"PASS", "FAIL", "INCONCLUSIVE"}


def test_no_emulated_value_is_in_a_capacity_figure(chain):
    sums = {(row["group"], row["check"]) for row in chain.report["capacity"]}
    assert sums == {("cpu", "MemoryBandwidth"), ("cpu", "Gemm")}
    assert "RiscvVector" in json.dumps(chain.report["excluded"])


def test_the_stored_run_verifies_and_a_change_shows(chain):
    results = f"--results-dir={chain.folder / 'results'}"
    assert millwright("results", "verify", "rack", "--require-signature", results).returncode == 0
    output = next((chain.folder / "results").rglob("MemoryBandwidth/rfm_job.out"))
    output.chmod(0o644)
    output.write_text(output.read_text().replace('"value":1', '"value":9', 1) + " ")
    verified = millwright("results", "verify", "rack", results)
    assert verified.returncode == 1
    assert "MemoryBandwidth/rfm_job.out" in verified.stdout + verified.stderr
