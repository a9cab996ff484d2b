"""A run: the choice of checks, and what is reported while it lasts."""

import datetime
from dataclasses import replace

import pytest

from millwright.adapters.reframe.benchmark import Stored
from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.app.context import Context
from millwright.app.measure import run as module
from millwright.app.measure.run import RunRequest, choose_expected, run_checks
from millwright.core.errors import BadInputError, FailedError
from millwright.verdicts.expectations import list_expectations

NOW = datetime.datetime(2026, 11, 23, 17, 1, 2, tzinfo=datetime.UTC)


class Display:
    def __init__(self):
        self.lines = []

    def step(self, name, detail):
        self.lines.append((name, detail))

    done = step


@pytest.fixture
def measured(monkeypatch, stored_run, tmp_path):
    """ReFrame is not started: the stored run takes the place of the new one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    given = {}

    def run_benchmarks(machines, names, _yaml, **more):
        given.update(more, names=names, seats=[machine.seat for machine in machines])
        more["follow"](LaunchSite.HARNESS, CaseEvent("Gemm", "cpu", ""))
        more["follow"](LaunchSite.HARNESS, CaseEvent("Gemm", "cpu", "OK", 1, 1))
        return Stored(stored_run, given.get("stop", False))

    monkeypatch.setattr(module, "run_benchmarks", run_benchmarks)
    return given


def test_only_the_checks_asked_for_are_judged(measured, rack_file, stored_run):
    display = Display()
    request = RunRequest(str(rack_file), ("RiscvVector",))
    outcome = run_checks(Context(progress=display, now=lambda: NOW), request)
    assert measured["names"] == ["RiscvVector"]
    assert {row.expectation.check for row in outcome.rows} == {"RiscvVector"}
    assert (outcome.exit_code, outcome.path, outcome.was_interrupted) == (0, str(stored_run), False)
    assert {value.check for value in measured["info"].expected} == {"RiscvVector"}
    assert measured["info"].run_id.startswith("20261123T170102Z-")
    assert ("Gemm on cpu", "OK, 1 of 1") in display.lines


def test_a_run_that_was_stopped_says_so(measured, rack_file):
    measured["stop"] = True
    assert run_checks(Context(), RunRequest(str(rack_file))).was_interrupted


def test_an_access_that_could_not_be_renewed_is_reported_and_the_others_go_on(
    rack_facility, monkeypatch, tmp_path
):
    """A login that fails later would be the only sign of it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    renewed = []

    def renew(_facility, antenna, user, **_):
        if antenna == first:
            raise FailedError("the user is revoked", code="MW9001")
        renewed.append((antenna, user))

    first, *others = rack_facility.antennas
    monkeypatch.setattr(module, "ensure_user_access", renew)
    warnings = []
    module._renew_certificates(Context(warn=warnings.append), rack_facility, LaunchSite.USER)
    user = rack_facility.antennas[first].first_user.name
    assert warnings == [f"antenna {first}: the access of {user} was not renewed: the user is revoked"]
    assert [antenna for antenna, _ in renewed] == others


def test_only_the_seat_of_a_user_needs_an_access(rack_facility, monkeypatch):
    monkeypatch.setattr(module, "ensure_user_access", lambda *_, **__: pytest.fail("renewed"))
    module._renew_certificates(Context(warn=pytest.fail), rack_facility, LaunchSite.HARNESS)


def test_each_unknown_check_is_listed_with_a_suggestion(rack_facility):
    expected = list_expectations(rack_facility)
    with pytest.raises(BadInputError) as error:
        choose_expected(expected, ["Gem", "Nonsense"], "facility.yaml")
    first, second = str(error.value).splitlines()
    assert first.startswith("facility.yaml: --check Gem: not expected here, expected one of ")
    assert "; did you mean Gemm? [MW" in first
    assert second.startswith("facility.yaml: --check Nonsense: ")
    assert "did you mean" not in second


def test_no_name_means_every_check(rack_facility):
    expected = list_expectations(rack_facility)
    assert choose_expected(expected, (), "x") == tuple(expected)
    assert replace(expected[0]) in choose_expected(expected, [expected[0].check], "x")
