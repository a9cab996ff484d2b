"""Debian 12 on real hosts: a small facility comes up, is provisioned twice, runs a job and goes again.

``-k "not bookworm"`` leaves it out; it builds an image of its own the first time.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.rack.session import look_at, open_plan

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

FACILITY = Path(__file__).parent / "cases/bookworm/facility.yaml"


def millwright(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def bookworm(rack_or_reason):
    """Plan of the facility, up; taken down at the end."""
    plan = open_plan(str(FACILITY))
    assert look_at(plan).is_down, "a rack of this name is up already"
    try:
        done = millwright("rack", "up", "--facility", str(FACILITY))
        assert done.returncode == 0, done.stdout + done.stderr
        yield plan
    finally:
        done = millwright("rack", "down", "--facility", str(FACILITY))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def applied(bookworm):
    """What the first and the second run told."""
    runs = [millwright("apply", str(FACILITY), "--json") for _ in range(2)]
    for run in runs:
        assert run.returncode == 0, run.stdout + run.stderr
    return [json.loads(run.stdout) for run in runs]


def on(plan, command):
    done = subprocess.run(
        ["ssh", "-F", str(plan.ssh_config), "bw-ctl", command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_debian_12(bookworm):
    assert 'VERSION_ID="12"' in on(bookworm, "cat /etc/os-release")


def test_a_second_run_changes_nothing(applied):
    assert all(host["changed"] > 0 for host in applied[0]["hosts"])
    assert {host["host"]: host["changed"] for host in applied[1]["hosts"]} == {"bw-ctl": 0, "bw-c1": 0}


def test_a_job_runs(bookworm, applied):
    submit = "runuser -u mwbench -- srun --chdir=/tmp --immediate=60 --time=1"
    assert on(bookworm, f"{submit} sh -c 'hostname; slurmd -V'").split() == ["bw-c1", "slurm-wlm", "22.05.8"]
