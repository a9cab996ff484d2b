"""The checks through the rack's own Slurm, as this checkout has them."""

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
import yaml

from faulty_checks import make_home
from millwright.adapters.reframe.benchmark import run_benchmarks
from millwright.adapters.reframe.launch_sites import HarnessMachine, harness_machine
from millwright.checks.registry import shipped_checks
from millwright.core.places import product_root
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.results.run_info import RunInfo
from millwright.results.runs import load_run
from millwright.verdicts.scorecard import score

pytestmark = pytest.mark.rack

FILE = product_root() / "inventories" / "rack" / "facility.yaml"
HARNESS_CHECKS = ["MemoryBandwidth", "Gemm", "MpiPointToPoint", "MpiAllReduce", "RiscvVector"]
INFO = RunInfo(
    run_id="20261123T172147Z-1a2b3c4d",
    facility="rack",
    started="2026-11-23T17:21:47Z",
    finished="",
    millwright_version="0.1.0",
    emulated_partitions=("dare",),
)


@dataclass(frozen=True)
class CheckoutMachine(HarnessMachine):
    """The harness with a copy of this checkout instead of the release that was provisioned."""

    def start(self, command, environment):
        return super().start(command, {**environment, "PYTHONPATH": str(self.home / "tools")})


@pytest.fixture(scope="module")
def facility(rack):
    return load_facility(FILE)


@pytest.fixture(scope="module")
def on_login(rack, facility):
    """Run a command on the harness as its administrator."""
    ssh = [*harness_machine(facility, "unused", Path("unused")).ssh]

    def run(command, content=b""):
        done = subprocess.run([*ssh, command], input=content, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


@pytest.fixture
def run_checks(provisioned_rack, facility, on_login, tmp_path):
    """Run checks of a checkout on the harness; return the run and its scorecard."""
    remote = f"/shared/home/mwbench/test-{tmp_path.name}"

    def run(checks, home=None, facility_yaml=None):
        on_login(f"mkdir -p {remote} && tar -C {remote} -xf -", pack(home))
        machine = harness_machine(facility, f"test-{tmp_path.name}", tmp_path / "session")
        machine = CheckoutMachine(machine.ssh, machine.run_folder, machine.folder, home=PurePosixPath(remote))
        stored = run_benchmarks(
            [machine],
            checks,
            facility_yaml or FILE.read_bytes(),
            registry=shipped_checks(),
            info=INFO,
            now=lambda: "2026-11-23T17:22:47Z",
            root=tmp_path / "results",
            follow=lambda *_: None,
        )
        loaded = load_run(stored.path)
        return loaded, score(facility, loaded)

    yield run
    on_login(f"rm -rf {remote}")


def pack(home):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(product_root() / "tools", "tools", filter=without_cache)
        tar.add((home or product_root()) / "reframe_checks", "reframe_checks", filter=without_cache)
    return archive.getvalue()


def without_cache(member):
    member.uid, member.gid, member.mode = 0, 0, member.mode | 0o555
    return None if "__pycache__" in member.name else member


def test_every_check_measures_every_node_in_one_job(run_checks):
    run, scorecard = run_checks(HARNESS_CHECKS)
    places = {(s.check, s.node) for s in run.samples}
    wanted = [row for row in scorecard.rows if row.expectation.check in HARNESS_CHECKS]

    assert run.rejected == ()
    assert places == {
        ("MemoryBandwidth", "rack-c1"),
        ("MemoryBandwidth", "rack-c2"),
        ("Gemm", "rack-c1"),
        ("Gemm", "rack-c2"),
        ("MpiPointToPoint", "rack-c[1-2]"),
        ("MpiAllReduce", "rack-c[1-2]"),
        ("RiscvVector", "rack-r1"),
    }
    assert Verdict.NOT_MEASURED not in {row.judgement.verdict for row in wanted}
    assert {s.partition for s in run.samples if s.emulated} == {"dare"}
    assert len({counted.origin.job_id for counted in run.counted}) == len(HARNESS_CHECKS)
    assert sum(s.value for s in run.samples if s.metric == "kernel_mismatches") == 0


def test_a_drained_node_is_left_out_and_told(run_checks, on_login):
    on_login("scontrol update nodename=rack-c2 state=drain reason='millwright:test:fan } $(id)'")
    try:
        run, scorecard = run_checks(["MemoryBandwidth", "MpiAllReduce"])
    finally:
        on_login("scontrol update nodename=rack-c2 state=resume")
    rows = [row for row in scorecard.rows if row.expectation.check == "MemoryBandwidth"]
    missing = [row for row in rows if row.node == "rack-c2"]

    assert {s.node for s in run.samples} == {"rack-c1"}
    assert {row.judgement.verdict for row in missing} == {Verdict.NOT_MEASURED}
    assert all("fan } $(id)" in row.judgement.reason for row in missing)
    assert [r.origin.check for r in run.rejected] == ["MpiAllReduce"]
    assert "1 of 2 nodes of cpu take jobs, 2 needed: rack-c2 is drained" in run.rejected[0].reasons[0]


def test_jobs_that_slurm_saw_end_badly_never_count(run_checks, tmp_path):
    faults = {"MemoryBandwidth": "exit-3", "Gemm": "cancelled", "AcceleratorGemm": "none"}
    home = make_home(tmp_path / "home", faults, python="python3")
    run, _ = run_checks(list(faults), home, expecting(faults))
    reasons = {r.origin.check: " ".join(r.reasons) for r in run.rejected}

    assert {s.check for s in run.samples} == {"AcceleratorGemm"}, reasons
    assert {s.node for s in run.samples} == {"rack-c1", "rack-c2"}
    assert "its job exited with 3: no such device } $(id)" in reasons["MemoryBandwidth"]
    assert "CANCELLED" in reasons["Gemm"]


def expecting(checks):
    """The facility without expectations of other checks, which a home without them would refuse."""
    declared = yaml.safe_load(FILE.read_bytes())
    for place in (*declared["partitions"].values(), *declared["antennas"].values()):
        place["checks"] = {name: each for name, each in place.get("checks", {}).items() if name in checks}
    return yaml.safe_dump(declared).encode()


def test_emulation_that_the_facility_denies_never_counts(run_checks):
    denied = FILE.read_bytes().replace(b"    emulated: true\n", b"")
    assert denied != FILE.read_bytes()
    run, _ = run_checks(["RiscvVector"], facility_yaml=denied)

    assert len(run.samples) == 0
    assert "calls this partition hardware, but its probe found: # emulated by" in run.rejected[0].reasons[0]
