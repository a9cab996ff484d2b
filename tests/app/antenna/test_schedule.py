"""Scheduling: the units hold the checks of antennas, and a facility without a schedule has none."""

import shlex
import sys
from pathlib import Path

import pytest

from millwright.app.antenna import schedule as module
from millwright.app.antenna.schedule import planned_schedule, schedule
from millwright.core.errors import BadInputError


def weekly(data):
    data["acceptance"] = {"every": "weekly"}


def test_a_schedule_measures_every_check_of_antennas_and_no_other(tmp_path, monkeypatch, facility_like_rack):
    monkeypatch.setenv("MILLWRIGHT_STATE", "/srv/state")
    path = facility_like_rack(weekly)
    outcome = planned_schedule(path, tmp_path / "results")
    assert (outcome.every, outcome.changed, outcome.reason) == ("weekly", False, None)
    assert "OnCalendar=weekly\n" in outcome.units["millwright-access-rack.timer"]
    service = outcome.units["millwright-access-rack.service"]
    assert 'Environment="MILLWRIGHT_STATE=/srv/state"\n' in service
    [command] = [line for line in service.splitlines() if line.startswith("ExecStart=")]
    words = shlex.split(command.removeprefix("ExecStart="))
    assert words[:5] == [sys.executable, "-m", "millwright", "run", path]
    assert words[-2:] == ["--results-dir", str(tmp_path / "results")]
    assert {word for word in words if word.startswith("Antenna")} >= {"AntennaAccess", "AntennaJob"}
    assert "Gemm" not in words


def test_a_schedule_of_nothing_is_refused(facility_like_rack):
    def change(data):
        weekly(data)
        for antenna in data["antennas"].values():
            antenna["checks"] = {}

    with pytest.raises(BadInputError, match="acceptance"):
        planned_schedule(facility_like_rack(change), Path("results"))


def test_the_units_are_put_in_place(monkeypatch, facility_like_rack):
    placed = []
    monkeypatch.setattr(module, "ensure_timer", lambda *args: placed.append(args) or True)
    outcome = schedule(facility_like_rack(weekly), Path("results"))
    assert outcome.changed
    assert [timer for _, timer, _ in placed] == ["millwright-access-rack.timer"]
    assert placed[0][0] == outcome.units


def test_without_a_schedule_there_is_nothing_to_change():
    outcome = schedule("rack", Path("results"))
    assert (outcome.every, outcome.changed, outcome.units) == (None, False, {})


def test_without_a_schedule_the_reason_and_the_remedy_are_given():
    outcome = planned_schedule("rack", Path("results"))
    assert outcome.units == {}
    assert "has no `acceptance: {every: ...}`, so nothing is scheduled" in outcome.reason
    assert "`acceptance: {every: daily}`" in outcome.reason
