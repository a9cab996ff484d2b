"""``millwright antenna log``: one line for each connection, without control characters."""

import json

import pytest

from millwright.app.antenna import log as application
from millwright.app.antenna.log import AntennaLog, EntryRow
from millwright.cli.main import run

ENTRY = EntryRow(
    time_us=1_893_456_000_000_000,
    account="jump",
    key_id="rack/coast/ada\x1b[2J",
    serial=7,
    ca="SHA256:ca",
    source="10.0.0.9:4711",
    targets=("10.92.0.1:22", "10.0.0.1:22"),
    denied=("10.0.0.1:22",),
    left_us=None,
)
LOG = AntennaLog(facility="rack", exit_code=3, entries={"coast": (ENTRY,)}, not_reached={"hills": "down"})


@pytest.fixture(autouse=True)
def given(monkeypatch):
    calls = []
    monkeypatch.setattr(application, "log", lambda *arguments: calls.append(arguments) or LOG)
    return calls


def test_a_connection_is_one_line_and_hostile_text_in_it_is_harmless(given, capsys):
    assert run(["antenna", "log", "rack", "-a", "coast", "--since", "-1 hour"]) == 3
    printed = capsys.readouterr()
    assert printed.out == (
        "2030-01-01T00:00:00Z coast rack/coast/ada?[2J serial 7 from 10.0.0.9:4711 "
        "to 10.92.0.1:22, 10.0.0.1:22, denied 10.0.0.1:22\n"
    )
    assert printed.err == "hills: NOT REACHED: down\n"
    assert given == [("rack", "coast", "-1 hour")]


def test_json_names_its_form(given, capsys):
    assert run(["antenna", "log", "rack", "--json"]) == 3
    assert AntennaLog(**json.loads(capsys.readouterr().out)) == LOG
    assert given == [("rack", None, "-1 day")]
