"""What differs, what could not be looked at, what no look can see: never left out or taken for good."""

from dataclasses import replace

import pytest

from millwright.core.errors import ExitCode
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.drift import find_drift
from millwright.fleet.look.finding import Difference, HostLook

from .fakes import SETTLED, FakeSources, keep, looker


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "declared")


def drift(store, hosts, sources=None, **looks):
    return find_drift(hosts, store, sources or FakeSources(), looker(**looks))


def test_nothing_differs(store):
    keep(store, "c1", "c2")
    found = drift(store, ["c1", "c2"])
    assert (found.exit_code, found.things) == (ExitCode.OK, 6)


def test_equal_differences_stand_once_without_digests(store):
    keep(store, "c1", "c2")
    differing = (Difference(1, "digest", "aa11", "bb22"),)
    looks = {name: HostLook(name, is_reached=True, differences=differing) for name in ("c1", "c2")}
    found = drift(store, ["c1", "c2"], **looks)
    (told,) = found.differences
    assert (told.hosts, told.role, told.what) == (("c1", "c2"), "base", "/etc/a")
    assert found.exit_code is ExitCode.FAIL
    assert "aa11" not in str(found)
    assert "bb22" not in str(found)


def test_a_mode_is_told_as_it_was_and_is(store):
    keep(store, "c1")
    look = HostLook("c1", is_reached=True, differences=(Difference(1, "mode", "0644", "0600"),))
    assert drift(store, ["c1"], c1=look).differences[0].detail == "mode: 0644 → 0600"


@pytest.mark.parametrize(
    "look",
    [
        HostLook.unreached("c1", "no route to host"),
        HostLook("c1", is_reached=True, reason="python3: not found"),
        HostLook("c1", is_reached=True, untested={1: "permission denied"}),
    ],
    ids=["unreachable", "no-answer", "untested"],
)
def test_what_could_not_be_looked_at_is_no_success(store, look):
    keep(store, "c1", "c2")
    found = drift(store, ["c1", "c2"], c1=look)
    assert found.exit_code is ExitCode.NOT_TESTED
    assert found.differences == ()


def test_a_host_that_never_converged_is_named(store):
    keep(store, "c1")
    found = drift(store, ["c1", "c2"])
    assert (found.never_converged, found.exit_code) == (("c2",), ExitCode.NOT_TESTED)


def test_tasks_that_no_look_can_see_are_listed(store):
    keep(
        store,
        "c1",
        roles={"accounts": replace(SETTLED, unseen=("Ensure accounts",), proved=("Ensure grants",))},
    )
    found = drift(store, ["c1"])
    assert [(told.role, told.what) for told in found.unseen] == [("accounts", "Ensure accounts")]
    assert [(told.role, told.what) for told in found.proved] == [("accounts", "Ensure grants")]
    assert found.exit_code is ExitCode.OK


def test_roles_that_would_declare_something_else_today_are_told(store):
    keep(store, "c1")
    found = drift(store, ["c1"], FakeSources(digests={"base": "new"}))
    assert [(told.role, told.detail) for told in found.outdated] == [
        ("base", "its role or variables changed")
    ]


def test_a_grant_that_is_open_and_not_declared_is_told_and_is_no_failure(store):
    grants = {"kind": "names", "of": {"name": "open grants"}, "wants": {}, "seal": []}
    keep(store, "ctl", roles={"accounts": replace(SETTLED, things=(grants,))})
    look = HostLook("ctl", is_reached=True, names={1: ("coast", "tide", "wave")})
    found = drift(store, ["ctl"], FakeSources(grants=("coast",)), ctl=look)
    (told,) = found.undeclared
    assert (told.hosts, told.role, told.what, told.detail) == (
        ("ctl",),
        "accounts",
        "open grants",
        "tide, wave",
    )
    assert found.exit_code is ExitCode.OK
