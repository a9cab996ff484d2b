"""What a chain of runs gives away: each run that is missing, was replaced or does not belong to it."""

import os
import shutil
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.begin import begin_run
from millwright.results.chain import Link, find_breaks, read_chain, sum_of_unnumbered
from millwright.results.session import open_session
from millwright.results.storing import store_run

RUNS = ("20261123T172147Z-00000001", "20261124T000000Z-00000002", "20261125T000000Z-00000003")


def link(number, previous=None, **more):
    before = f"m{number - 1}" if number > 1 else ""
    values = {"begun_sum": f"b{number}", "manifest_sum": f"m{number}", "was_interrupted": False} | more
    return Link(f"r{number}", "rack", number, before if previous is None else previous, "", **values)


def kinds(*links):
    return [found.kind for found in find_breaks(links)]


def test_an_unbroken_chain_has_no_findings():
    assert kinds(link(1), link(2), link(3)) == []


def test_a_run_that_began_before_its_predecessor_was_stored_names_its_record():
    assert kinds(link(1), link(2, "b1")) == []


def test_a_run_that_was_killed_is_no_break():
    assert kinds(link(1), link(2, manifest_sum=""), link(3, "b2")) == []


@pytest.mark.parametrize(
    ("links", "text"),
    [
        ([link(2, "m1"), link(3)], "number 1 is missing: no run and no begun record is there"),
        ([link(1), link(5, "m4")], "numbers 2 to 4 are missing: no run and no begun record is there"),
    ],
)
def test_a_gap_is_named_by_its_numbers(links, text):
    (found,) = find_breaks(links)
    assert (found.kind, found.text) == ("missing", text)


def test_a_run_of_which_only_the_record_is_left_was_deleted_if_its_successor_saw_it_stored():
    (found,) = find_breaks([link(1, manifest_sum=""), link(2)])
    assert (found.kind, found.text) == (
        "deleted",
        "run 1 (r1) had been stored when run 2 (r2) began, and is gone",
    )


def test_a_run_that_was_replaced_does_not_fit_its_successor():
    (found,) = find_breaks([link(1, manifest_sum="other"), link(2)])
    assert found.kind == "predecessor"
    assert "run 2 (r2) followed another one than run 1 (r1)" in found.text


def test_two_runs_of_one_number_are_a_duplicate_and_a_fork():
    assert kinds(link(1), link(2), replace(link(2), run_id="other")) == ["duplicate", "fork"]


def test_a_run_without_the_record_that_it_began_is_named():
    assert kinds(link(1), link(2, begun_sum="")) == ["record"]


def test_the_first_run_names_those_before_the_chain():
    old = replace(link(1), number=None, run_id="old")
    first = link(1, sum_of_unnumbered([old]))
    assert kinds(old, first) == []
    assert kinds(first) == ["predecessor"]
    assert kinds(old, replace(old, run_id="older"), first) == ["predecessor"]


@pytest.fixture
def store(tmp_path, rack_file, run_info, session_folder):
    def make(run_id, *, number=None, root=tmp_path):
        info = replace(run_info, run_id=run_id, number=number)
        return store_run(
            root, info, rack_file.read_bytes(), [open_session(session_folder)], registry=shipped_checks()
        )

    return make


def test_of_three_runs_any_that_is_deleted_is_missed(tmp_path, store):
    runs = [store(run_id) for run_id in RUNS]
    assert read_chain(tmp_path, "rack").findings == ()
    for number, run in enumerate(runs[:2], start=1):
        kept = run.rename(tmp_path / "elsewhere")
        (found,) = read_chain(tmp_path, "rack").findings
        assert found.kind == "deleted"
        assert f"run {number} ({run.name})" in found.text
        kept.rename(run)


def test_a_run_and_its_record_that_are_deleted_leave_a_gap(tmp_path, store):
    runs = [store(run_id) for run_id in RUNS]
    shutil.rmtree(runs[1])
    (tmp_path / "rack" / ".begun" / f"{RUNS[1]}.json").unlink()
    assert [found.kind for found in read_chain(tmp_path, "rack").findings] == ["missing"]


def test_a_run_in_the_folder_of_another_facility_is_named_and_is_never_the_newest(tmp_path, store):
    run = store(RUNS[0])
    shutil.copytree(run, tmp_path / "otherfactory" / run.name)
    chain = read_chain(tmp_path, "otherfactory")
    assert (chain.links, chain.newest) == ((), None)
    assert [found.kind for found in chain.findings] == ["elsewhere"]
    assert "is of facility 'rack', not of 'otherfactory'" in chain.findings[0].text


def test_a_run_that_differs_from_its_record_is_named(tmp_path, store, run_info, rack_file, session_folder):
    begun = begin_run(tmp_path, replace(run_info, run_id=RUNS[0]), rack_file.read_bytes())
    info = replace(begun, started="2024-01-01T00:00:00Z")
    store_run(
        tmp_path, info, rack_file.read_bytes(), [open_session(session_folder)], registry=shipped_checks()
    )
    (found,) = read_chain(tmp_path, "rack").findings
    assert (found.kind, "started differ" in found.text) == ("record", True)


def test_clocks_have_no_say_in_which_run_is_the_newest(tmp_path, store):
    for run_id in ("20990101T000000Z-00000001", "20261124T000000Z-00000002", "20261124T000000Z-00000001"):
        store(run_id)
    chain = read_chain(tmp_path, "rack")
    assert (chain.newest.run_id, chain.newest.number) == ("20261124T000000Z-00000001", 3)
    assert chain.findings == ()


@pytest.mark.parametrize("spoil", ["link", "folder", "fifo", "garbage"])
def test_a_record_that_is_no_file_is_a_finding_and_no_error(tmp_path, store, spoil):
    store(RUNS[0])
    record = tmp_path / "rack" / ".begun" / f"{RUNS[0]}.json"
    text = record.read_bytes()
    record.unlink()
    if spoil == "link":
        (tmp_path / "moved").write_bytes(text)
        record.symlink_to(tmp_path / "moved")
    elif spoil == "folder":
        record.mkdir()
    elif spoil == "fifo":
        os.mkfifo(record)
    else:
        record.write_bytes(b"\xff{")
    found = read_chain(tmp_path, "rack").findings
    assert [each.kind for each in found] == ["unreadable", "record"]
