"""One failed rack test is repaired once, before the next rack test and no other."""

from types import SimpleNamespace

import pytest

import rack_repair
from rack_repair import COMMANDS, DISTURBED, PROVISIONED, note_failure, repair_before


@pytest.fixture(autouse=True)
def no_rack(monkeypatch):
    """No test here may start a command: it would work on the rack of whoever uses this machine."""

    def refuse(*arguments, **_):
        raise AssertionError(f"started {arguments}")

    monkeypatch.setattr(rack_repair.subprocess, "run", refuse)


@pytest.fixture
def session():
    return SimpleNamespace(stash=pytest.Stash())


@pytest.fixture
def item(session):
    def make(name="test_it", *, rack=True):
        marker = object() if rack else None
        return SimpleNamespace(session=session, nodeid=name, get_closest_marker=lambda _: marker)

    return make


@pytest.fixture
def ran():
    """Commands that were run; the test says which fail."""

    class Ran:
        def __init__(self):
            self.words, self.failing = [], ()

        def __call__(self, words):
            self.words.append(words)
            return (1, "no route") if words in self.failing else (0, "")

    return Ran()


def failed(item):
    note_failure(item, SimpleNamespace(failed=True))


def test_the_rack_is_repaired_once_after_a_failure(session, item, ran):
    session.stash[PROVISIONED] = True
    failed(item())
    repair_before(item(), ran)
    assert tuple(ran.words) == COMMANDS
    repair_before(item(), ran)
    assert len(ran.words) == len(COMMANDS)


def test_nothing_is_done_after_a_test_that_passed_or_needs_no_rack(session, item, ran):
    session.stash[PROVISIONED] = True
    note_failure(item(), SimpleNamespace(failed=False))
    failed(item(rack=False))
    repair_before(item(), ran)
    assert ran.words == []


def test_a_test_without_the_rack_does_not_wait_for_the_repair(session, item, ran):
    session.stash[PROVISIONED] = True
    failed(item())
    repair_before(item(rack=False), ran)
    assert ran.words == []
    assert DISTURBED in session.stash


def test_a_rack_that_was_never_provisioned_is_left_alone(item, ran):
    failed(item())
    repair_before(item(), ran)
    assert ran.words == []


def test_a_repair_that_fails_is_told_with_the_test_that_made_it_necessary(session, item, ran):
    session.stash[PROVISIONED] = True
    ran.failing = (("apply", "rack"),)
    failed(item("tests/x.py::test_nft"))
    with pytest.warns(UserWarning, match=r"after tests/x.py::test_nft .*apply rack: no route"):
        repair_before(item(), ran)
    assert tuple(ran.words) == COMMANDS
