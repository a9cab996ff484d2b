"""``millwright antenna rotate-ca``: which step is taken, and what is printed."""

import datetime
import json

import pytest

from millwright.antennas.trust.rotation import Phase
from millwright.app.antenna.rotation import CaRotation
from millwright.cli.antenna import rotation as module
from millwright.cli.main import run
from millwright.facility.topics.trust import Environment

STEADY = CaRotation(
    facility="rack",
    whose="production",
    phase="steady",
    signs="SHA256:a",
    other=None,
    withdraw_after=None,
    switch_after=None,
)
OVERLAP = STEADY.model_copy(
    update={"phase": "overlap", "other": "SHA256:b", "withdraw_after": "2030-01-01T00:00:00+00:00"}
)
ANNOUNCED = STEADY.model_copy(
    update={"phase": "announced", "other": "SHA256:b", "switch_after": "2030-01-01T00:00:00+00:00"}
)
FUNCTIONS = ("user_ca_status", "rotate_user_ca", "host_ca_status", "rotate_host_ca")


@pytest.fixture
def calls(monkeypatch):
    """Name and further arguments of each call."""
    found = []

    def answer(name):
        return lambda _context, _facility, *arguments: found.append((name, *arguments)) or STEADY

    for name in FUNCTIONS:
        monkeypatch.setattr(module, name, answer(name))
    return found


@pytest.mark.parametrize(
    ("options", "call"),
    [
        ([], ("rotate_user_ca", Environment.PRODUCTION)),
        (["--environment", "staging"], ("rotate_user_ca", Environment.STAGING)),
        (["--status"], ("user_ca_status", Environment.PRODUCTION)),
        (["--hosts"], ("rotate_host_ca", datetime.timedelta(days=30))),
        (["--hosts", "--days", "0"], ("rotate_host_ca", datetime.timedelta(0))),
        (["--hosts", "--status"], ("host_ca_status",)),
    ],
)
def test_options_choose_the_ca_and_whether_it_changes(calls, capsys, options, call):
    assert run(["antenna", "rotate-ca", "rack", *options]) == 0
    assert calls == [call]
    assert capsys.readouterr().out == "production, steady: SHA256:a signs; no other is trusted\n"


def test_json_names_its_form(calls, capsys):
    assert run(["antenna", "rotate-ca", "rack", "--json"]) == 0
    assert CaRotation(**json.loads(capsys.readouterr().out)) == STEADY


def test_the_next_step_is_printed():
    assert module.line_of(OVERLAP).endswith(
        "SHA256:b is trusted until 2030-01-01T00:00:00+00:00: run it again after that"
    )
    assert "send every user a new 'antenna config'" in module.line_of(ANNOUNCED)


def test_every_phase_has_its_text():
    assert set(module.TEXTS) == set(Phase)


def test_a_ca_that_is_not_made_yet_can_not_be_shown(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["antenna", "rotate-ca", "rack", "--status"]) == 3
    assert "millwright antenna apply rack makes it" in capsys.readouterr().err
