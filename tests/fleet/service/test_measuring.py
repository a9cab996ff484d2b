"""Which stored runs are peers of a measurement, and that one which was changed is reported."""

import datetime
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.fleet.service.measuring import ROOT, Bench
from millwright.results.runs import load_run
from millwright.results.session import open_session
from millwright.results.storing import store_run

NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def bench(tmp_path, rack_file, rack_facility, warnings):
    return Bench(
        file=rack_file,
        facility=rack_facility,
        results=tmp_path / "results",
        signing_key=tmp_path / "key",
        threshold=0.05,
        clock=lambda: NOW,
        token=lambda: "00000000",
        follow=lambda *_: None,
        measure="",
        admit="",
        warn=warnings.append,
    )


@pytest.fixture
def store(tmp_path, rack_file, run_info, session_folder):
    """Store the same session as a run of another time, in one of the two places of runs."""

    def make(run_id, root=""):
        info = replace(run_info, run_id=run_id)
        folder = tmp_path / "results" / root
        return store_run(
            folder, info, rack_file.read_bytes(), [open_session(session_folder)], registry=shipped_checks()
        )

    return make


def test_earlier_runs_of_both_places_are_peers_newest_first(bench, store, warnings):
    old, newer = store("20260101T000000Z-00000000"), store("20260102T000000Z-00000000", ROOT)
    own = load_run(store("20260103T000000Z-00000000", ROOT))
    assert [run.path for run in bench._recent(own)] == [newer, old]
    assert warnings == []


def test_a_clock_that_was_ahead_keeps_no_later_run_from_being_newer(bench, store):
    ahead, later = store("20990101T000000Z-00000000"), store("20260102T000000Z-00000000")
    own = load_run(store("20260103T000000Z-00000000", ROOT))
    assert [run.path for run in bench._recent(own)] == [later, ahead]


def test_a_run_that_was_changed_since_is_no_peer_and_is_reported_once(bench, store, warnings):
    changed, kept = store("20260101T000000Z-00000000"), store("20260102T000000Z-00000000")
    own = load_run(store("20260103T000000Z-00000000", ROOT))
    samples = changed / "counted.jsonl"
    samples.chmod(0o644)
    samples.write_text(samples.read_text().replace("1", "2"))
    for _ in range(2):  # nodes that failed are measured, and compared, again
        assert [run.path for run in bench._recent(own)] == [kept]
    (warning,) = warnings
    assert "a stored run is left out of the comparison with peers" in warning
    assert str(changed) in warning
    assert "counted.jsonl" in warning
