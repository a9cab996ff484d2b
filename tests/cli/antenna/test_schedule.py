"""``millwright antenna schedule``: the units, or why there are none."""

import json

import pytest

from millwright.app.antenna import schedule as application
from millwright.app.antenna.schedule import AntennaSchedule
from millwright.cli.main import run

TIMER = "millwright-access-rack.timer"
PLANNED = AntennaSchedule(
    facility="rack",
    timer=TIMER,
    every="daily",
    changed=False,
    units={"a.service": "[Service]\n", TIMER: "[Timer]\n"},
    reason=None,
)


@pytest.fixture
def scheduled(monkeypatch):
    folders = []

    def planned(_facility, results_dir):
        folders.append(str(results_dir))
        return PLANNED

    monkeypatch.setattr(application, "planned_schedule", planned)
    monkeypatch.setattr(application, "schedule", lambda *_: PLANNED.model_copy(update={"changed": True}))
    return folders


def test_the_units_are_printed(scheduled, capsys):
    assert run(["antenna", "schedule", "rack", "--print", "--results-dir", "/srv/results"]) == 0
    assert capsys.readouterr().out == "[Service]\n\n[Timer]\n"
    assert scheduled == ["/srv/results"]


def test_a_schedule_is_put_in_place(scheduled, capsys):
    assert run(["antenna", "schedule", "rack"]) == 0
    assert capsys.readouterr().out == f"{TIMER}: daily; changed\n"


def test_json_names_its_form(scheduled, capsys):
    assert run(["antenna", "schedule", "rack", "--print", "--json"]) == 0
    assert AntennaSchedule(**json.loads(capsys.readouterr().out)) == PLANNED


def test_without_a_schedule_it_prints_why_there_is_no_unit(capsys):
    assert run(["antenna", "schedule", "rack", "--print"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "has no `acceptance: {every: ...}`, so nothing is scheduled" in printed.err
    assert "`acceptance: {every: daily}` there measures every day" in printed.err


def test_without_a_schedule_there_is_nothing_to_change(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["antenna", "schedule", "rack"]) == 0
    assert "not scheduled; nothing to change" in capsys.readouterr().out
