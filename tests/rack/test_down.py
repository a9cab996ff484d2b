"""A journal is replayed backwards, as far as things exist, and forgotten only when all is undone."""

import subprocess
from dataclasses import replace

import pytest

from millwright.core.errors import FailedError
from millwright.rack import down
from millwright.rack.cgroups import Cgroup, Hierarchies
from millwright.rack.down import UNDO, end_member, forget_machine, take_down
from millwright.rack.journal import Entry, Journal
from millwright.rack.processes import start_time


@pytest.fixture
def here(plan, tmp_path):
    return replace(plan, state=tmp_path / "state")


@pytest.fixture
def journal(here):
    here.state.mkdir()
    return Journal(here.journal, "boot")


@pytest.fixture
def hierarchies(tmp_path):
    return Hierarchies((tmp_path / "cgroup",), unified=True)


def test_what_was_noted_but_never_made_is_no_obstacle(here, journal, hierarchies, steps):
    for entry in (
        Entry("bridge", "mw-none"),
        Entry("cgroup", "mirror"),
        Entry("binfmt", "millwright-none-riscv64"),
    ):
        journal.note(entry)
    assert take_down(here, journal, hierarchies, steps)
    assert not here.journal.exists()


def test_down_on_nothing_does_nothing(here, journal, hierarchies, steps):
    assert not take_down(here, journal, hierarchies, steps)
    assert not take_down(here, journal, hierarchies, steps)


def test_things_are_undone_in_reverse(here, journal, hierarchies, steps, monkeypatch):
    undone = []
    monkeypatch.setattr(down, "UNDO", dict.fromkeys(UNDO, undone.append))
    for entry in (
        Entry("bridge", "first"),
        Entry("binfmt", "second"),
        Entry("unknown", "x"),
        Entry("limit", "third"),
    ):
        journal.note(entry)
    take_down(here, journal, hierarchies, steps)
    assert undone == ["third", "second", "first"]


def test_what_can_not_be_undone_is_named_and_remembered(here, journal, hierarchies, steps, monkeypatch):
    undone = []

    def refuse(name):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(down, "UNDO", {"bridge": refuse, "limit": undone.append})
    journal.note(Entry("limit", "a"))
    journal.note(Entry("bridge", "mw-x"))
    with pytest.raises(FailedError, match=r"bridge mw-x: .*busy"):
        take_down(here, journal, hierarchies, steps)
    assert undone == ["a"], "the rest is undone all the same"
    assert journal.names("bridge") == ("mw-x",)


def test_folders_of_the_run_go_and_keys_stay(here, journal, hierarchies, steps):
    for name in ("run", "log", "shared", "keys"):
        (here.state / name).mkdir()
        (here.state / name / "file").touch()
    take_down(here, journal, hierarchies, steps)
    assert {path.name for path in here.state.iterdir()} == {"keys"}


def test_a_member_that_the_journal_lost_is_found_by_its_cgroup(here, journal, hierarchies, steps):
    folder = hierarchies.roots[0] / "millwright-bench-rack" / "bench-a"
    folder.mkdir(parents=True)
    assert take_down(here, journal, hierarchies, steps)
    assert not folder.exists()


class ListedCgroup(Cgroup):
    """A cgroup whose file is kept by the test: holds those of its processes that still live."""

    def pids(self):
        file = self.folders[0] / "cgroup.procs"
        alive = (
            [pid for pid in map(int, file.read_text().split()) if self._lives(pid)] if file.exists() else []
        )
        if not alive:
            file.unlink(missing_ok=True)
        return frozenset(alive)

    @staticmethod
    def _lives(pid):
        return start_time(pid) > 0  # 0 for one that ended and waits to be collected, too


def group_with(tmp_path, *processes):
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "cgroup.procs").write_text("".join(f"{process.pid}\n" for process in processes))
    return ListedCgroup((tmp_path / "group",))


def test_a_member_is_asked_to_end_and_others_are_not(tmp_path):
    ours, foreign = (subprocess.Popen(["sleep", "60"]) for _ in range(2))
    end_member(group_with(tmp_path, ours))
    assert ours.wait(5) == -15
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()


def test_a_member_that_does_not_listen_is_killed(tmp_path):
    deaf = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo; while :; do sleep 0.1; done"], stdout=subprocess.PIPE
    )
    deaf.stdout.readline()
    end_member(group_with(tmp_path, deaf), limit_s=0.3)
    assert deaf.wait(5) == -9
    assert not (tmp_path / "group").exists()


def test_folders_that_a_killed_container_left_are_removed_and_others_stay(tmp_path):
    for name in ("unix-export/bench-a", "propagate/bench-a", "propagate/bench-b"):
        (tmp_path / name).mkdir(parents=True)
    forget_machine("bench-a", tmp_path)
    forget_machine("bench-a", tmp_path)
    assert [path.name for path in tmp_path.glob("*/*")] == ["bench-b"]
