"""What was changed before a level changed."""

from dataclasses import replace

import numpy as np

from millwright.regress.causes import Event, find_fact_changes, trace_changes
from millwright.regress.history import SeriesKey
from millwright.results.run_info import RunInfo

KEY = SeriesKey("cpu", "MemoryBandwidth", "", "gnu", "triad_bw", "GB/s", "n1", "")
RUN = RunInfo(run_id="", facility="rack", started="", finished="", millwright_version="0.1.0")
RUNS = [replace(RUN, run_id=str(day), started=f"2026-01-{day:02}T00:00:00Z") for day in range(1, 31)]
VALUES = [100.0 + 0.1 * (day % 3) for day in range(20)] + [90.0 + 0.1 * (day % 3) for day in range(10)]


def facts(driver_from, firmware="1"):
    def of(run_id, _key):
        driver = "535" if int(run_id) < driver_from else "570"
        return {"driver.nvidia": driver, "firmware.bios_version": firmware, "load.average": run_id}

    return of


def test_the_driver_that_came_with_the_first_bad_run_is_named():
    (change,) = trace_changes(KEY, RUNS, VALUES, [], facts(21))
    assert (change.run_id, change.is_between) == ("21", True)
    assert [(e.kind, e.text) for e in change.events] == [("driver", "driver.nvidia 535 to 570")]
    assert np.isclose(change.before, 100.1)


def test_an_older_change_is_named_as_an_older_one():
    (change,) = trace_changes(KEY, RUNS, VALUES, [], facts(17))
    assert (change.is_between, change.events[0].at) == (False, "2026-01-17T00:00:00Z")


def test_without_any_record_nothing_is_named():
    (change,) = trace_changes(KEY, RUNS, VALUES, [], facts(99))
    assert (change.events, change.is_between) == ((), False)


def test_provisioning_of_other_nodes_is_not_named():
    at = "2026-01-20T12:00:00Z"
    events = [
        Event(at, "provisioning", "here", frozenset({"n1"})),
        Event(at, "provisioning", "elsewhere", frozenset({"n2"})),
        Event(at, "provisioning", "controller"),
        Event("2026-01-22T00:00:00Z", "provisioning", "later"),
    ]
    (change,) = trace_changes(KEY, RUNS, VALUES, events, facts(99))
    assert [event.text for event in change.events] == ["here", "controller"]


def test_a_stationary_series_has_no_change():
    assert trace_changes(KEY, RUNS[:20], VALUES[:20], [], facts(5)) == ()


def test_facts_that_change_by_themselves_are_left_out():
    before = {"load.average": "1", "clocks.now": "2 GHz", "accelerator.0.vbios_version": "a"}
    after = {
        "load.average": "2",
        "clocks.now": "3 GHz",
        "accelerator.0.vbios_version": "b",
        "kernel.release": "6",
    }
    assert [(e.kind, e.text) for e in find_fact_changes(before, after, "t")] == [
        ("firmware", "accelerator.0.vbios_version a to b")
    ]
