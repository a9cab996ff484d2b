"""The opening record: after the deadline, once, and held against what is there later."""

import datetime
import hashlib

import pytest

import worked_tender as worked
from millwright.app.context import Context
from millwright.app.tender.opening import open_tender
from millwright.core.errors import BadInputError, ExitCode

DEADLINE = datetime.datetime(2026, 9, 1, 10, tzinfo=datetime.UTC)


@pytest.fixture
def folder(tmp_path):
    found = worked.copy(tmp_path)
    (found / "received").mkdir()
    for name in ("birch.xlsx", "alder.xlsx"):
        (found / "received" / name).write_bytes(name.encode())
    return found


def open_at(folder, now=DEADLINE, by="A. Chair, B. Witness", **more):
    return open_tender(Context(now=lambda: now), str(folder), by, **more)


def refuse(folder, **more):
    with pytest.raises(BadInputError) as caught:
        open_at(folder, **more)
    return caught.value.exit_code, sorted(problem.code for problem in caught.value.problems)


def test_the_record_has_who_when_and_the_hash_of_each_file_in_order(folder):
    found = open_at(folder)
    assert [(each.number, each.file) for each in found.sealed] == [(1, "alder.xlsx"), (2, "birch.xlsx")]
    assert found.sealed[0].sha256 == hashlib.sha256(b"alder.xlsx").hexdigest()
    assert (found.opened, found.by, found.changed) == (DEADLINE, "A. Chair, B. Witness", True)


def test_later_the_files_are_held_against_the_record_which_stays(folder):
    open_at(folder)
    before = (folder / "opening.yaml").read_bytes()
    again = open_at(folder, now=DEADLINE + datetime.timedelta(days=9), by="somebody else")
    assert (again.opened, again.by, again.changed) == (DEADLINE, "A. Chair, B. Witness", False)
    (folder / "received/alder.xlsx").write_text("changed")
    (folder / "received/birch.xlsx").unlink()
    (folder / "received/fir.xlsx").write_text("late")
    assert refuse(folder) == (ExitCode.FAIL, ["MW7665", "MW7666", "MW7667"])
    assert (folder / "opening.yaml").read_bytes() == before


def test_before_the_deadline_nothing_is_opened(folder):
    early = DEADLINE - datetime.timedelta(seconds=1)
    assert refuse(folder, now=early, by=" ") == (ExitCode.BAD_INPUT, ["MW7660", "MW7661"])
    assert not (folder / "opening.yaml").exists()


def test_links_folders_and_hidden_names_are_refused(folder):
    (folder / "received/link.xlsx").symlink_to("/etc/passwd")
    (folder / "received/parts").mkdir()
    (folder / "received/a\u202eb.xlsx").touch()
    assert refuse(folder)[1] == ["MW7664"] * 3


def test_an_empty_or_missing_folder_is_refused(folder, tmp_path):
    assert refuse(folder, sealed=tmp_path / "none")[1] == ["MW7662"]
    (tmp_path / "empty").mkdir()
    assert refuse(folder, sealed=tmp_path / "empty")[1] == ["MW7663"]


def test_a_record_that_was_tampered_with_is_refused(folder):
    open_at(folder)
    worked.change(folder / "opening.yaml", "by", "a\x1b[0m")
    assert refuse(folder)[1] == ["MW7602"]
