"""Baselines on disk: numbered, unchanged, and never lost."""

import multiprocessing

import pytest

from millwright.checks.declaration import Better, Statistic
from millwright.core.errors import BadInputError
from millwright.regress.baseline import Baseline, BaselineRun, BaselineSeries
from millwright.regress.stored import list_baselines, load_baseline, store_baseline

KEY = ("cpu", "MemoryBandwidth", "", "gnu", "triad_bw", "GB/s", "n1", "")


def baseline(reason="", facility="rack"):
    run = BaselineRun("20261123T170102Z-1a2b3c4d", "2026-11-23T17:01:02Z", "00")
    one = BaselineSeries(KEY, Better.HIGHER, Statistic.MEDIAN, False, (0,), (10.25,))
    return Baseline(
        facility, "2026-11-24T00:00:00Z", reason, (run,), {"MemoryBandwidth": {"scope": "node"}}, (one,)
    )


def test_the_newest_applies_and_older_ones_stay(tmp_path):
    store_baseline(tmp_path, baseline("first"))
    store_baseline(tmp_path, baseline("second"))
    assert load_baseline(tmp_path, "rack").content == baseline("second")
    assert load_baseline(tmp_path, "rack", 1).content == baseline("first")


def test_the_same_one_is_stored_once(tmp_path):
    assert [store_baseline(tmp_path, baseline())[1] for _ in range(2)] == [True, False]
    assert len(list_baselines(tmp_path, "rack")) == 1


def _store(place, number):
    store_baseline(place, baseline(f"by {number}"))


def test_those_who_store_at_once_get_a_number_each(tmp_path):
    workers = [
        multiprocessing.get_context("fork").Process(target=_store, args=(tmp_path, n)) for n in range(6)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = [load_baseline(tmp_path, "rack", number) for number in range(1, 7)]
    assert {each.content.reason for each in found} == {f"by {number}" for number in range(6)}


def test_what_a_killed_process_leaves_is_no_baseline(tmp_path):
    stored, _ = store_baseline(tmp_path, baseline())
    (stored.path.parent / f".{stored.path.name}.1-00.partial").write_text("{")
    assert load_baseline(tmp_path, "rack").number == 1
    assert store_baseline(tmp_path, baseline("next"))[0].number == 2


@pytest.mark.parametrize("change", [lambda text: text.replace("10.25", "9.25"), lambda text: text[:-20]])
def test_a_changed_one_is_refused_and_the_next_is_stored_after_it(tmp_path, change):
    stored, _ = store_baseline(tmp_path, baseline())
    stored.path.chmod(0o644)
    stored.path.write_text(change(stored.path.read_text()))
    with pytest.raises(BadInputError, match=r"changed since it was stored.*MW6605"):
        load_baseline(tmp_path, "rack")
    assert store_baseline(tmp_path, baseline())[0].number == 2
    assert load_baseline(tmp_path, "rack").number == 2


def test_an_unknown_number_names_the_known_ones(tmp_path):
    store_baseline(tmp_path, baseline())
    with pytest.raises(BadInputError, match=r"no baseline 7 is stored, expected one of 1 .*MW6602"):
        load_baseline(tmp_path, "rack", 7)
