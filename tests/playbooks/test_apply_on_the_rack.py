"""The playbooks on real hosts: reach the state, keep it, say what differs, repair it, and let jobs run on."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from millwright.adapters.ansible.playbook import strategy_plugins

pytestmark = pytest.mark.rack

ROOT = Path(__file__).resolve().parents[2]
FACILITY = "inventories/rack/facility.yaml"
UNIT = "/etc/systemd/system/slurmd.service.d/millwright.conf"


def apply(*options):
    """Outcome of ``millwright apply --json`` by host, with the exit code it told."""
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "apply", FACILITY, "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert done.returncode == found["exit_code"]
    return found


def changed(found):
    return {host["host"]: host["changed"] for host in found["hosts"]}


@pytest.fixture(scope="module")
def converged(rack):
    """The rack in its declared state, whatever it was in before."""
    found = apply()
    assert found["exit_code"] == 0, found["failures"]
    return found


@pytest.mark.parametrize("strategy", [pytest.param("linear", marks=pytest.mark.rehearsal), "mitogen_linear"])
def test_a_second_run_changes_nothing_and_is_the_native_command(converged, strategy):
    """The native command does what the first run did, which was Millwright's, whatever carries the tasks."""
    environment = {"ANSIBLE_STRATEGY": strategy, "ANSIBLE_STRATEGY_PLUGINS": str(strategy_plugins())}
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", "-i", FACILITY, "playbooks/site.yml"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    recap = dict(
        re.findall(r"^(\S+) .*\bchanged=(\d+)", done.stdout.rpartition("PLAY RECAP")[2], re.MULTILINE)
    )
    assert recap == dict.fromkeys(changed(converged), "0"), done.stdout


def test_users_are_the_same_everywhere(converged, on):
    for user in ("mwbench", "ada"):
        ids = {host: on(host, f"id -u {user}; id -g {user}") for host in changed(converged)}
        assert len(set(ids.values())) == 1, ids


def test_secrets_are_for_their_owners_only(converged, on, rack):
    for host in changed(converged):
        assert on(host, "stat -c '%a %U' /etc/munge/munge.key") == "400 munge"
    assert on("rack-ctl", "stat -c '%a %U' /etc/slurm/slurmdbd.conf") == "600 slurm"
    assert on("rack-login", "stat -c '%a' /etc/wireguard/wg-antennas.conf") == "600"
    key = (rack.state / "munge.key").read_text()
    assert len(key) >= 32
    for log in (rack.state / "logs").iterdir():
        assert key not in log.read_text(errors="replace"), log


def test_access_modes_limit_jobs(converged, on):
    """The mode playground ends after 15 minutes: a longer job is refused when it is submitted."""
    submit = "runuser -u mwbench -- sbatch --chdir=/tmp --test-only --wrap=hostname --qos=playground --time="
    assert "Job" in on("rack-ctl", f"{submit}15 2>&1")
    assert "refused" in on("rack-ctl", f"{submit}16 2>&1 || echo refused")


GO = "/shared/home/mwbench/go"
WAITING = f"--wrap='until test -e {GO}; do sleep 1; done'"


@pytest.fixture
def running_job(converged, on):
    """Number of a job on rack-c1 that ends well when the file is there."""
    on("rack-ctl", f"rm -f {GO}")
    submit = "runuser -u mwbench -- sbatch --parsable --chdir=/tmp --output=/dev/null --nodelist=rack-c1"
    job = on("rack-ctl", f"{submit} {WAITING}")
    try:
        wait_until(lambda: on("rack-ctl", f"squeue -h -j {job} -o %T") == "RUNNING")
        yield job
    finally:
        on("rack-ctl", f"scancel {job}; rm -f {GO}")


@pytest.fixture
def drained_node(converged, on):
    """A node that an administrator took out of service."""
    on("rack-ctl", "scontrol update node=rack-r1 state=drain reason='an administrator: fan'")
    yield "rack-r1"
    on("rack-ctl", "scontrol update node=rack-r1 state=resume")


def test_what_was_changed_by_hand_is_told_then_repaired_while_jobs_run_on(running_job, drained_node, on):
    hosts = ("--limit", "rack-ctl,rack-c1")
    on(
        "rack-ctl",
        "sed -i s/SlurmdTimeout=300/SlurmdTimeout=299/ /etc/slurm/slurm.conf && scontrol reconfigure",
    )
    on("rack-ctl", "sacctmgr -i modify qos playground set priority=7")
    on("rack-c1", f"echo '# by hand' >> {UNIT}")
    process = on("rack-c1", "systemctl show --value --property=MainPID slurmd")

    told = apply("--check", "--diff", *hosts)
    assert told["exit_code"] == 0
    texts = "".join(change["text"] for change in told["changes"])
    assert "+SlurmdTimeout=300" in texts
    assert "-# by hand" in texts
    assert "+qos playground: priority=100" in texts
    assert "SlurmdTimeout=299" in on("rack-ctl", "cat /etc/slurm/slurm.conf")

    repaired = apply(*hosts)
    assert repaired["exit_code"] == 0, repaired["failures"]
    assert re.search(r"SlurmdTimeout\s+= 300 sec", on("rack-ctl", "scontrol show config"))
    assert on("rack-ctl", "sacctmgr -nP show qos playground format=priority") == "100"
    assert "by hand" not in on("rack-c1", f"cat {UNIT}")
    assert on("rack-c1", "systemctl show --value --property=MainPID slurmd") != process

    assert "drain" in on("rack-ctl", f"sinfo -h -n {drained_node} -o %T")
    assert on("rack-ctl", f"squeue -h -j {running_job} -o %T") == "RUNNING"
    on("rack-ctl", f"touch {GO}")
    state = f"sacct -X -n -P -j {running_job} -o State,ExitCode"
    wait_until(lambda: on("rack-ctl", state) == "COMPLETED|0:0")


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)
