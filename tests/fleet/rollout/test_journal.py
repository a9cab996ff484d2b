"""The journal survives whatever ends its writer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.fleet.rollout import journal as module
from millwright.fleet.rollout.journal import (
    is_finished,
    latest_journal,
    open_journal,
    require_unfinished,
    unfinished_journal,
)

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_entries_come_back_in_order(tmp_path):
    journal = open_journal(tmp_path, "apply", "r1")
    journal.note(NOW, "begin", facility="rack")
    journal.note_all(NOW, [{"event": "host", "host": name} for name in ("a", "b")])
    assert [(entry["event"], entry.get("host")) for entry in journal.entries()] == [
        ("begin", None),
        ("host", "a"),
        ("host", "b"),
    ]
    assert journal.path.stat().st_mode & 0o777 == 0o600


@given(cut=st.integers(0, 200))
def test_a_line_that_was_cut_off_costs_itself_only(tmp_path_factory, cut):
    journal = open_journal(tmp_path_factory.mktemp("state"), "apply", "r1")
    journal.note(NOW, "begin")
    journal.note(NOW, "host", host="ä} <script> \n")
    written = journal.path.read_bytes()
    journal.path.write_bytes(written[: min(cut, len(written))])
    whole = journal.entries()
    journal.note(NOW, "resume")
    assert journal.entries()[: len(whole)] == whole
    assert journal.entries()[-1]["event"] == "resume"


@pytest.mark.parametrize(
    ("events", "finished"),
    [
        ([], False),
        ([("begin", {})], False),
        ([("begin", {}), ("end", {"finished": False})], False),
        ([("begin", {}), ("end", {"finished": True})], True),
        ([("begin", {}), ("end", {"finished": False}), ("resume", {})], False),
        ([("begin", {}), ("end", {"finished": False}), ("resume", {}), ("end", {"finished": True})], True),
    ],
)
def test_what_is_finished(tmp_path, events, finished):
    journal = open_journal(tmp_path, "apply", "r1")
    for event, told in events:
        journal.note(NOW, event, **told)
    assert is_finished(journal) is finished


def test_only_the_newest_run_can_go_on(tmp_path):
    open_journal(tmp_path, "apply", "r1").note(NOW, "begin")
    assert unfinished_journal(tmp_path, "apply").run_id == "r1"
    newest = open_journal(tmp_path, "apply", "r2")
    newest.note(NOW, "begin")
    newest.note(NOW, "end", finished=True)
    assert latest_journal(tmp_path, "apply").run_id == "r2"
    with pytest.raises(BadInputError, match="no run was left unfinished"):
        require_unfinished(tmp_path, "apply", "rack")


def test_old_runs_go_once_they_have_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "KEPT_RUNS", 2)
    for name in ("r1", "r2", "r3", "r4"):
        journal = open_journal(tmp_path, "apply", name)
        journal.note(NOW, "begin")
        if name != "r2":
            journal.note(NOW, "end", finished=True)
    assert sorted(path.name for path in (tmp_path / "runs/apply").iterdir()) == ["r2", "r3", "r4"]
