"""``millwright munge rotate``: what is printed, and the exit code."""

import json

import pytest

from millwright.app.change.munge import MungeRotation
from millwright.cli.change import munge
from millwright.cli.main import run

OUTCOME = MungeRotation(facility="rack", exit_code=0, hosts=2, reasons=(), unreachable=(), log="/log")
FAILED = OUTCOME.model_copy(update={"exit_code": 3, "reasons": ("no route",), "unreachable": ("c",)})


@pytest.mark.parametrize(
    ("outcome", "lines"),
    [
        (OUTCOME, ["rack: 2 hosts have the new key, and know each other by it.", "log: /log"]),
        (FAILED, ["no route", "not reached: c", "log: /log"]),
    ],
)
def test_the_outcome_is_printed_and_its_exit_code_returned(outcome, lines, monkeypatch, capsys):
    monkeypatch.setattr(munge, "rotate_munge_key", lambda _context, _facility: outcome)
    assert run(["munge", "rotate", "rack"]) == outcome.exit_code
    assert capsys.readouterr().out.splitlines() == lines


def test_json_names_its_form(monkeypatch, capsys):
    monkeypatch.setattr(munge, "rotate_munge_key", lambda _context, _facility: OUTCOME)
    assert run(["munge", "rotate", "rack", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-munge-rotate/1"
    assert MungeRotation(**printed) == OUTCOME
