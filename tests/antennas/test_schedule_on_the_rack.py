"""Acceptance on schedule, with a real systemd: the timer is active, fires by itself and stores a run."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from operator_machine import OperatorMachine

from millwright.core.places import STATE_VARIABLE, product_root, state_folder
from millwright.results.runs import find_run

pytestmark = pytest.mark.rack

TIMER, SERVICE = "millwright-access-rack.timer", "millwright-access-rack.service"
CHECKS = ("AntennaUserCertificate", "AntennaHostCertificate")
"""The two that take seconds; how all of them are measured is tested elsewhere."""
STAMP = "$HOME/.local/share/systemd/timers"
DROP_IN = f"$HOME/.config/systemd/user/{TIMER}.d"


@pytest.fixture
def facility(antennas, tmp_path):
    """The shipped rack, measured daily."""
    folder = tmp_path / "rack"
    shutil.copytree(product_root() / "inventories/rack", folder)
    data = yaml.safe_load((folder / "facility.yaml").read_text()) | {"acceptance": {"every": "daily"}}
    for antenna in data["antennas"].values():
        antenna["checks"] = {name: antenna["checks"][name] for name in CHECKS}
    for partition in data["partitions"].values():
        partition.pop("checks", None)
    (folder / "facility.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    return folder / "facility.yaml"


@pytest.fixture
def operator(tmp_path):
    """Where the schedule runs; it shares the test's folder and the facility's state with this machine."""
    state = state_folder("rack").parent
    usual = Path("/root/.local/state/millwright")
    machine = OperatorMachine(
        tmp_path, {tmp_path: tmp_path, state: state, **({state: usual} if state != usual else {})}
    )
    yield machine
    machine.end()


def wait_for_a_run(operator, limit_s=480):
    end = time.monotonic() + limit_s
    while True:
        shown = operator.ask_user_systemd(
            "show", SERVICE, "--property=ActiveState,Result,ExecMainStatus,ExecMainExitTimestampMonotonic"
        )
        told = dict(line.split("=", 1) for line in shown.splitlines())
        if told["ExecMainExitTimestampMonotonic"] != "0" and told["ActiveState"] != "activating":
            return told
        assert time.monotonic() < end, f"no run within {limit_s} s: {shown}"
        time.sleep(2)


def test_the_timer_fires_by_itself_and_stores_a_run_that_the_report_shows(facility, operator, tmp_path):
    """The machine slept through yesterday's run, so the timer makes up for it at once."""
    operator.shell(f"mkdir -p {STAMP} {DROP_IN} && touch -d '2 days ago' {STAMP}/stamp-{TIMER}")
    operator.shell(f"printf '[Timer]\\nRandomizedDelaySec=0\\n' > {DROP_IN}/at-once.conf")
    results = tmp_path / "results"
    command = [sys.executable, "-m", "millwright", "antenna", "schedule", facility, "--results-dir", results]
    given = {name: os.environ[name] for name in ("PYTHONPATH", "MILLWRIGHT_HOME") if name in os.environ}
    given[STATE_VARIABLE] = str(state_folder("rack").parent)
    done = operator.log_in(*command, **given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"{TIMER}: daily; changed\n"
    assert operator.ask_user_systemd("is-active", TIMER) == "active"
    assert operator.ask_user_systemd("is-enabled", TIMER) == "enabled"

    told = wait_for_a_run(operator)  # nobody is logged in any more: the account's systemd lingers
    journal = operator.shell(f"journalctl --no-pager _SYSTEMD_USER_UNIT={SERVICE} | tail -40")
    assert (told["Result"], told["ExecMainStatus"]) == ("success", "0"), journal
    assert operator.ask_user_systemd("show", TIMER, "--property=LastTriggerUSec", "--value")
    assert operator.ask_user_systemd("show", TIMER, "--property=NextElapseUSecRealtime", "--value")
    assert find_run(results, "rack", None)

    again = operator.log_in(*command, **given)
    assert again.stdout == f"{TIMER}: daily; nothing to change\n", again.stderr
    report = [sys.executable, "-m", "millwright", "report", "rack", "--results-dir", results, "--json"]
    shown = subprocess.run(
        [*report, "--output", tmp_path / "output"], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    places = {
        (group["name"], row["check"], row["verdict"])
        for group in json.loads(shown.stdout)["groups"]
        for row in group["rows"]
    }
    print(sorted(places))
    assert {(name, check) for name, check, _ in places} >= {
        (antenna, check) for antenna in ("coast", "hills") for check in CHECKS
    }
