"""Nodes come into service by real measurements beside real peers, and a node that is slow does not.

A facility of its own, since a verdict beside peers needs six equal nodes. They share two processors with
whatever else runs, so a node counts as slow only where it is worse than half as fast as the others.
"""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.session import look_at, open_plan

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

FACILITY = str(Path(__file__).parent / "cases/gate/facility.yaml")
THRESHOLD = ("--threshold", "0.5")
SLOW = 0.1
"""Share of one processor that is left to a node made slow."""
PERIOD_US = 50_000
CPU_V1 = Path("/sys/fs/cgroup/cpu")


def millwright(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *arguments], check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def gate(rack_or_reason):
    """Plan of the facility, up and in its declared state; taken down at the end."""
    plan = open_plan(FACILITY)
    assert look_at(plan).is_down, "a rack of this name is up already"
    try:
        for command in (("rack", "up", "--facility", FACILITY), ("apply", FACILITY)):
            done = millwright(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        yield plan
    finally:
        done = millwright("rack", "down", "--facility", FACILITY)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def on(gate):
    def run(node, command, check=True):
        done = subprocess.run(
            ["ssh", "-F", str(gate.ssh_config), node, command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Folder that the runs of all tests share, as a site's would: peers are judged by what lies there."""
    return tmp_path_factory.mktemp("results")


def fates(done):
    """Each node's line of a report."""
    assert done.stdout, done.stderr
    return {line["node"]: line for line in json.loads(done.stdout)["nodes"]}


def standing(on, node):
    """Slurm's word for a node, and its reason."""
    return on("gate-ctl", f"sinfo -h -N -n {node} -o '%T|%E'").splitlines()[0].split("|", 1)


def wait_until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.3)


@contextmanager
def slowed(plan, node):
    """Leave a node a share of one processor, as a fault of its cooling or its firmware would."""
    group = cgroup_of(find_hierarchies(MOUNTINFO.read_text()), plan.name, node)
    quota = str(round(SLOW * PERIOD_US))
    if not (CPU_V1 / "cpu.cfs_quota_us").exists() and not (CPU_V1 / "cgroup.procs").exists():
        limit = group.folders[0] / "cpu.max"
        limit.write_text(f"{quota} {PERIOD_US}")
        try:
            yield
        finally:
            limit.write_text("max")
        return
    place = CPU_V1 / f"{group.folders[0].parent.name}-{node}"
    place.mkdir()
    try:
        (place / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (place / "cpu.cfs_quota_us").write_text(quota)
        for pid in group.pids():
            (place / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        (place / "cpu.cfs_quota_us").write_text("-1")
        while pids := (place / "cgroup.procs").read_text().split():
            for pid in pids:
                (CPU_V1 / "cgroup.procs").write_text(pid)
        place.rmdir()


def test_new_nodes_come_into_service_when_they_measure_up_to_each_other(on, results):
    done = millwright(
        *("nodes", "commission", FACILITY, "cpu", "--results-dir", str(results), *THRESHOLD, "--json")
    )
    found = fates(done)
    assert {line["verdict"] for line in found.values()} == {"PASS"}, found
    assert {line["fate"] for line in found.values()} == {"in service"}
    assert done.returncode == 0
    assert "than the median of 5 peers" in found["gate-c1"]["message"]
    assert "GFLOP/s" in found["gate-c1"]["message"]
    assert {standing(on, f"gate-c{number}")[0] for number in range(1, 7)} == {"idle"}
    (run,) = Path(results, "@nodes", "gate").glob("[0-9]*")
    assert (run / "MANIFEST.sha256").read_text()


def test_a_node_that_is_slow_is_quarantined_by_maintenance_and_returns_through_the_gate(gate, on, results):
    wait = "until test -e /shared/home/mwbench/maintenance-may-begin; do sleep 1; done"
    submit = "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null -w gate-c2 --time=20"
    job = on("gate-ctl", f"{submit} --wrap='{wait}'")
    wait_until(lambda: on("gate-ctl", f"squeue -h -j {job} -o %T") == "RUNNING")
    on("gate-ctl", "scontrol update node=gate-c6 state=drain reason='an admin: fan'")
    with slowed(gate, "gate-c1"):
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "millwright", "maintain", FACILITY, "gate-c[1-2],gate-c6", "--json"),
                *("--canary", "0", "--max-failed-wave", "9", "--results-dir", str(results), *THRESHOLD),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            wait_until(lambda: standing(on, "gate-c2")[0] == "draining")
            assert standing(on, "gate-c2")[1].startswith("millwright:maintenance:")
            assert on("gate-ctl", f"squeue -h -j {job} -o %T") == "RUNNING"
            on("gate-ctl", "touch /shared/home/mwbench/maintenance-may-begin")
            output = process.communicate(timeout=590)[0]
        finally:
            process.terminate()
            process.wait(60)
    found = {line["node"]: line for line in json.loads(output)["nodes"]}
    assert {node: line["fate"] for node, line in found.items()} == {
        "gate-c1": "quarantined",
        "gate-c2": "in service",
        "gate-c6": "left alone",
    }, found
    assert process.returncode == 1
    assert "confirmed by a repeat" in found["gate-c1"]["message"]
    state, reason = standing(on, "gate-c1")
    assert state == "drained"
    assert reason.startswith("millwright:quarantine:")
    assert "FAIL: " in reason
    assert standing(on, "gate-c2")[0] == "idle"
    assert standing(on, "gate-c6") == ["drained", "an admin: fan"]
    assert on("gate-ctl", f"sacct -X -n -P -j {job} -o State,ExitCode,Restarts") == "COMPLETED|0:0|0"
    assert on("gate-ctl", "scontrol --oneliner show reservation") == "No reservations in the system"

    repaired = millwright(
        *("nodes", "commission", FACILITY, "gate-c1", "--results-dir", str(results), *THRESHOLD, "--json")
    )
    line = fates(repaired)["gate-c1"]
    assert (line["fate"], line["verdict"], repaired.returncode) == ("in service", "PASS", 0), line
    assert standing(on, "gate-c1")[0] == "idle"


def test_the_backup_controller_serves_while_the_first_one_is_gone(gate, on):
    # slurmdbd goes with this host, so the backup reads the accounts from here; they are kept every 300 s.
    kept = "/shared/slurm/state/assoc_mgr_state"
    wait_until(lambda: on("gate-ctl2", f"ls {kept}", check=False), 320)
    cgroup_of(find_hierarchies(MOUNTINFO.read_text()), gate.name, "gate-ctl").kill()
    # A backup that stands by is UP too: it serves once it answers what is asked of nodes.
    wait_until(lambda: "NodeName=gate-c3" in on("gate-ctl2", "scontrol show node gate-c3", check=False), 300)
    drained = millwright("nodes", "drain", FACILITY, "gate-c3", "--reason", "while the controller is gone")
    assert drained.returncode == 0, drained.stderr
    assert "gate-ctl2 answers in its place" in drained.stderr
    status = millwright("nodes", "status", FACILITY, "gate-c3", "--json")
    (line,) = json.loads(status.stdout)["nodes"]
    assert line["owner"].startswith("millwright:drain:")
    assert millwright("nodes", "resume", FACILITY, "gate-c3").returncode == 0
