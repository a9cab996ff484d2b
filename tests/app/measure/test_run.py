"""A run: the choice of checks, and what is reported while it lasts."""

import datetime
from pathlib import Path

import pytest

from millwright.adapters.reframe.benchmark import Stored
from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.app.context import Context
from millwright.app.measure import run as module
from millwright.app.measure.run import RunRequest, run_checks
from millwright.app.measure.unfinished import list_unfinished
from millwright.core.errors import BadInputError, FailedError, NotTestableError

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
        given.update(more, names=names, seats=[machine.seat for machine in machines], machines=machines)
        if "refusal" in given:
            raise given["refusal"]
        more["begin"](LaunchSite.HARNESS)
        if "error" in given:
            raise given["error"]
        more["follow"](LaunchSite.HARNESS, CaseEvent("Gemm", "cpu", ""))
        more["follow"](LaunchSite.HARNESS, CaseEvent("Gemm", "cpu", "OK", 1, 1))
        return Stored(stored_run, given.get("stop", False))

    monkeypatch.setattr(module, "run_benchmarks", run_benchmarks)
    return given


def test_only_the_checks_asked_for_are_judged(measured, rack_file, stored_run, tmp_path):
    display = Display()
    request = RunRequest(str(rack_file), checks=("RiscvVector",), results=tmp_path / "results")
    outcome = run_checks(Context(progress=display, now=lambda: NOW), request)
    assert measured["names"] == ("RiscvVector",)
    assert {row.expectation.check for row in outcome.rows} == {"RiscvVector"}
    assert (outcome.exit_code, outcome.path, outcome.was_interrupted) == (0, str(stored_run), False)
    assert {value.check for value in measured["info"].expected} == {"RiscvVector"}
    assert measured["info"].run_id.startswith("20261123T170102Z-")
    assert ("Gemm on cpu", "measured after 0 s, 1 of 1") in display.lines
    assert measured["info"].selection.checks == ("RiscvVector",)
    assert not list_unfinished("rack")


def request_for(rack_file, tmp_path, **options):
    return RunRequest(str(rack_file), results=tmp_path / "results", **options)


def test_a_run_that_was_stopped_says_so(measured, rack_file, tmp_path):
    measured["stop"] = True
    assert run_checks(Context(), request_for(rack_file, tmp_path)).was_interrupted


def test_sessions_are_narrowed_as_asked_and_the_run_records_it(measured, rack_file, tmp_path):
    request = request_for(rack_file, tmp_path, nodes="rack-c[1-2]", queue="batch", reservation="test-1")
    outcome = run_checks(Context(), request)
    machine = measured["machines"][0]
    assert machine.environment == {
        "MILLWRIGHT_NODES": "rack-c[1-2]",
        "MILLWRIGHT_QUEUE": "batch",
        "MILLWRIGHT_RESERVATION": "test-1",
    }
    assert outcome.selection.queue == measured["info"].selection.queue == "batch"
    assert {value.node for value in measured["info"].expected} <= {"rack-c1", "rack-c2", "rack-c[1-2]"}


@pytest.mark.parametrize("option", ["queue", "reservation"])
@pytest.mark.parametrize("name", ["a b", "-x", "a;b", "$(id)", "a" * 65])
def test_a_name_that_slurm_can_not_have_is_refused(rack_file, tmp_path, option, name):
    with pytest.raises(BadInputError, match=f"--{option}.*can't be a name in Slurm"):
        run_checks(Context(), request_for(rack_file, tmp_path, **{option: name}))


def test_a_full_results_folder_ends_the_run_before_anything_starts(measured, rack_file):
    """The kernel lets nobody make a folder there, root included."""
    with pytest.raises(NotTestableError, match=r"results folder /sys/results .*nothing was started"):
        run_checks(Context(), RunRequest(str(rack_file), results=Path("/sys/results")))
    assert "names" not in measured


def test_what_could_not_be_stored_stays_with_the_command_that_stores_it(measured, rack_file, tmp_path):
    measured["error"] = NotTestableError("No space left on device", code="MW6258")
    with pytest.raises(NotTestableError) as error:
        run_checks(Context(now=lambda: NOW), request_for(rack_file, tmp_path))
    (folder,) = list_unfinished("rack")
    assert f"what was measured is in {folder}" in str(error.value)
    assert f"millwright run {rack_file} --resume {folder.name} stores it" in str(error.value)
    warnings = []
    del measured["error"]
    run_checks(Context(warn=warnings.append), request_for(rack_file, tmp_path))
    assert [line for line in warnings if f"--resume {folder.name}" in line]


def test_a_run_that_was_refused_leaves_nothing_to_resume(measured, rack_file, tmp_path):
    measured["refusal"] = BadInputError([])
    with pytest.raises(BadInputError):
        run_checks(Context(), request_for(rack_file, tmp_path))
    assert not list_unfinished("rack")


def test_the_junit_file_of_a_run_that_ended_early_is_no_good_one(measured, rack_file, tmp_path):
    measured["error"] = NotTestableError("the harness is down", code="MW3202")
    file = tmp_path / "junit.xml"
    with pytest.raises(NotTestableError):
        run_checks(Context(), request_for(rack_file, tmp_path, junit=file))
    assert 'errors="1"' in file.read_text()
    assert "the harness is down" in file.read_text()


def test_a_junit_file_that_can_not_be_written_is_refused_at_once(measured, rack_file, tmp_path):
    with pytest.raises(BadInputError, match=r"junit.*can't be written"):
        run_checks(Context(), request_for(rack_file, tmp_path, junit=tmp_path / "none" / "junit.xml"))
    assert "names" not in measured


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


def test_the_tier_is_recorded_and_reaches_the_sessions(measured, rack_file, tmp_path):
    outcome = run_checks(Context(), request_for(rack_file, tmp_path, tier="quick"))
    assert outcome.selection.tier == measured["info"].selection.tier == "quick"
    assert measured["machines"][0].environment == {"MILLWRIGHT_TIER": "quick"}
    assert set(measured["names"]) == {"Gemm", "MemoryBandwidth", "RiscvVector"}
