"""Grants open and close on their days without anybody, as the controller's timer starts it."""

import subprocess

import pytest

pytestmark = pytest.mark.rack

PROGRAM = "/usr/local/sbin/millwright-grants /etc/slurm/millwright-grants.json"
LIMITS = "sacctmgr -nP show assoc WOPLimits account=hills user= format=GrpJobs,GrpSubmit"
SUBMIT = "runuser -u bea -- sbatch --account=hills --chdir=/tmp --output=/dev/null --wrap=true"
AFTER = "--today 2047-01-01"


@pytest.fixture(scope="module")
def on(provisioned_rack):
    def run(node, command):
        return subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), node, command],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_a_grant_that_is_over_takes_no_job_and_one_that_begins_does(on):
    assert on("rack-ctl", LIMITS).stdout == "|\n"
    try:
        done = on("rack-ctl", f"{PROGRAM} {AFTER}")
        assert done.returncode == 0, done.stderr
        assert "2047-01-01 closed hills\n" in done.stdout
        assert on("rack-ctl", LIMITS).stdout == "0|0\n"
        refused = on("rack-login", SUBMIT)
        assert refused.returncode != 0
        assert on("rack-ctl", f"{PROGRAM} {AFTER}").stdout == ""
    finally:
        begun = on("rack-ctl", "systemctl start millwright-grants.service")
    assert begun.returncode == 0, begun.stderr
    assert on("rack-ctl", LIMITS).stdout == "|\n"
    taken = on("rack-login", SUBMIT)
    assert taken.returncode == 0, taken.stderr


def test_the_timer_comes_just_after_midnight_and_makes_up_for_a_night_that_was_missed(on):
    shown = on("rack-ctl", "systemctl show millwright-grants.timer -p ActiveState,Persistent,TimersCalendar")
    assert "ActiveState=active" in shown.stdout
    assert "Persistent=yes" in shown.stdout
    assert "*-*-* 00:00:05 UTC" in shown.stdout
