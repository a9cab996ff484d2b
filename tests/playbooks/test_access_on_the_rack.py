"""Access as declared on real hosts: plan, apply, changes by hand, deletion by name, pre-emption."""

import json
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.rack

NODE = "rack-c2"
SUBMIT = f"runuser -u ada -- sbatch --parsable --chdir=/tmp --output=/dev/null --time=5 --nodelist={NODE}"
ASSOCIATIONS = "sacctmgr -nP show association where account=tide cluster=rack format=account"
FIRST_RUN_WAITS = "--wrap='test \"$SLURM_RESTART_COUNT\" = 1 || sleep 240'"


def accounts(*arguments):
    """Exit code and what ``millwright accounts … --json`` said."""
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "accounts", *arguments, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture(scope="module")
def on_controller(provisioned_rack):
    """Run a shell command on the controller; its output."""

    def run(command):
        done = subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-ctl", command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture(scope="module", autouse=True)
def undeclared(on_controller):
    """What these tests add by hand is gone in the end, also if the test that deletes it was never reached."""
    yield
    gone = "sacctmgr -i delete account name=tide cluster=rack >/dev/null 2>&1 || true"
    on_controller(f"scancel --user=ada; {gone}")


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.5)


def test_after_an_apply_there_is_nothing_to_change(on_controller):
    code, told = accounts("diff", "rack")
    assert (code, told["is_as_declared"], told["differences"]) == (0, True, [])


def test_a_change_by_hand_is_planned_and_told_then_set_back_and_nothing_else_is_touched(on_controller):
    on_controller(
        "sacctmgr -i modify qos where name=playground set maxtresperuser=node=1 &&"
        " sacctmgr -i modify account where name=coast cluster=rack set grptresmins=billing=1 &&"
        " sacctmgr -i add account name=tide cluster=rack parent=union &&"
        " sacctmgr -i add user name=ada account=tide cluster=rack"
    )
    expected = [
        {"kind": "qos", "name": "playground", "field": "maxtresperuser", "found": "node=1", "wanted": ""},
        {
            "kind": "account",
            "name": "coast",
            "field": "grptresmins",
            "found": "billing=1",
            "wanted": "billing=60000000000",
        },
    ]
    for command, code in (("plan", 0), ("diff", 1)):
        returned, told = accounts(command, "rack")
        assert (returned, told["differences"]) == (code, expected)
        assert told["undeclared"] == [["account", "tide"], ["association", "ada/tide"]]
    assert "node=1" in on_controller("sacctmgr -nP show qos playground format=MaxTRESPU")
    assert accounts("apply", "rack")[0] == 0
    code, told = accounts("diff", "rack")
    assert (code, told["differences"]) == (0, [])
    assert told["undeclared"] == [["account", "tide"], ["association", "ada/tide"]]


def test_a_deletion_by_name_waits_for_jobs_and_says_what_is_lost(on_controller):
    job = on_controller(f"{SUBMIT} --account=tide --qos=normal --begin=now+1hour --wrap=true")
    code, message = accounts("apply", "rack", "--delete", "account=tide")
    assert code == 1
    assert f"account tide: 1 jobs wait or run ({job})" in message
    assert "tide" in on_controller(ASSOCIATIONS)
    on_controller(f"scancel {job}")
    wait_until(lambda: on_controller(f"squeue -h -j {job} 2>/dev/null || true") == "")
    code, told = accounts("apply", "rack", "--delete", "account=tide")
    assert (code, told["losses"][0][:42]) == (0, "account tide: may be charged by ada; paren")
    assert on_controller(ASSOCIATIONS) == ""
    assert accounts("plan", "rack", "--delete", "account=tide")[1]["not_there"] == ["account=tide"]


def test_an_emergency_takes_the_node_and_the_job_that_gave_way_runs_to_its_end(on_controller):
    """The grant's own access mode decides: neither job names a QOS."""
    first = on_controller(f"{SUBMIT} --account=coast {FIRST_RUN_WAITS}")
    wait_until(lambda: on_controller(f"squeue -h -j {first} -o %T") == "RUNNING")
    emergency = on_controller(f"{SUBMIT} --account=flood --wrap='sleep 2'")
    wait_until(lambda: on_controller(f"sacct -X -n -P -j {emergency} -o State,ExitCode") == "COMPLETED|0:0")
    assert on_controller(f"squeue -h -j {first} -o %T") == "PENDING"
    # Slurm lets a requeued job wait for two minutes; an administrator need not.
    on_controller(f"scontrol update jobid={first} StartTime=now")
    wait_until(lambda: "COMPLETED|0:0" in on_controller(f"sacct -X -n -P -j {first} -o State,ExitCode"))
    story = on_controller(f"sacct -X -D -n -P -j {first},{emergency} -o JobID,QOS,Account,State,ExitCode")
    assert sorted(story.splitlines()) == sorted(
        [
            f"{first}|playground|coast|PREEMPTED|0:0",
            f"{first}|playground|coast|COMPLETED|0:0",
            f"{emergency}|emergency|flood|COMPLETED|0:0",
        ]
    )


def test_the_usage_counts_what_both_jobs_held_and_no_more(on_controller):
    """Also the time of the run that gave way."""
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "accounts", "usage", "rack", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    used = {row["account"]: row["used"] for row in json.loads(done.stdout)["accounts"] if row["granted"]}
    for account in ("coast", "flood"):
        question = f"sacct -X -D -n -P --allusers -S 2026-01-01 -A {account} -r cpu -o ElapsedRaw"
        seconds = sum(map(int, on_controller(question).split()))
        assert used[account] == pytest.approx(seconds / 3600), "one core, one core-hour"
        assert seconds > 0
