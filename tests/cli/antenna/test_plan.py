"""``millwright antenna plan``: the changes, the diff, and who could not be asked."""

import json

import pytest

from millwright.app.antenna import plan as application
from millwright.app.antenna.plan import AntennaPlan, ChangeRow
from millwright.cli.main import run

PLANNED = AntennaPlan(
    facility="rack",
    exit_code=3,
    changes=(ChangeRow(host="rack-antenna", step="tunnel"),),
    diff="- old\n+ new\n",
    unreached={"hills": "down"},
    is_first=True,
)


@pytest.fixture(autouse=True)
def planned(monkeypatch):
    monkeypatch.setattr(application, "plan", lambda *_: PLANNED)


def test_the_plan_is_printed_as_a_diff(capsys):
    assert run(["antenna", "plan", "rack"]) == 3
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "would change  rack-antenna: tunnel",
        "- old",
        "+ new",
        "The factory makes its WireGuard key at the first apply; a stand-in is shown for it.",
        "1 steps would change something; nothing was touched",
    ]
    assert printed.err == "hills: NOT REACHED: down\n"


def test_json_names_its_form(capsys):
    assert run(["antenna", "plan", "rack", "--json"]) == 3
    assert AntennaPlan(**json.loads(capsys.readouterr().out)) == PLANNED
