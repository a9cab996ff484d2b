"""``millwright antenna apply``: what is printed, and the exit code."""

import json

import pytest

from millwright.app.antenna import apply as application
from millwright.app.antenna.apply import AntennaApply
from millwright.cli.main import run

GOOD = AntennaApply(
    facility="rack",
    exit_code=0,
    changed=("rack-antenna: tunnel",),
    factory_changes=2,
    up=("coast", "hills"),
    as_imported=(),
    unreached={},
    needs_bundle={},
)
PARTIAL = GOOD.model_copy(
    update={"exit_code": 3, "up": (), "as_imported": ("far",), "unreached": {"coast": "down"}}
    | {"needs_bundle": {"hills": "it is old"}}
)


@pytest.fixture
def outcome(monkeypatch):
    return lambda outcome: monkeypatch.setattr(application, "apply", lambda *_: outcome)


def test_changes_and_tunnels_are_printed(outcome, capsys):
    outcome(GOOD)
    assert run(["antenna", "apply", "rack"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "changed  rack-antenna: tunnel",
        "coast, hills: tunnel up; changed: 1 on gateways, 2 at the factory",
    ]


def test_gateways_that_were_left_out_are_named_on_standard_error(outcome, capsys):
    outcome(PARTIAL)
    assert run(["antenna", "apply", "rack"]) == 3
    printed = capsys.readouterr()
    assert "far: up to date by the last imported result; changed: 1 on gateways" in printed.out
    assert printed.err.splitlines() == ["coast: NOT REACHED: down", "hills: NEEDS A BUNDLE: it is old"]


def test_json_names_its_form(outcome, capsys):
    outcome(PARTIAL)
    assert run(["antenna", "apply", "rack", "--json"]) == 3
    assert AntennaApply(**json.loads(capsys.readouterr().out)) == PARTIAL


def test_unknown_names_are_bad_input(capsys):
    assert run(["antenna", "apply", "rack", "--antenna", "hill"]) == 2
    assert "expected one of" in capsys.readouterr().err
