"""A role that the facility no longer has: what it put on hosts is told until somebody removed it."""

import pytest

from millwright.core.errors import ExitCode
from millwright.fleet.look import program
from millwright.fleet.look.ansible_runs import Run
from millwright.fleet.look.declared_items import thing
from millwright.fleet.look.declared_state import DeclaredHost, DeclaredRole, Store
from millwright.fleet.look.drift import find_drift
from millwright.fleet.look.finding import Difference, HostLook
from millwright.fleet.look.leftovers import opposites
from millwright.fleet.look.sealing import newly_declared

from .fakes import HOST, FakeSources, looker

SETTINGS = thing("path", {"path": "/etc/sssd.conf"}, {"exists": True, "mode": "0640"}, ["digest"])
SERVICE = thing("service", {"name": "sssd"}, {"active": True, "enabled": True})
SHARED = thing("path", {"path": "/etc/kept"}, {"exists": True})


def task(role):
    return {
        "host": "c1",
        "roles": [role],
        "task": "Ensure it",
        "module": "file",
        "status": "ok",
        "arguments": {"path": "/etc/kept"},
        "reads_only": False,
        "delegated": False,
    }


@pytest.fixture
def store(tmp_path):
    """A host with a role ``directory``."""
    found = Store(tmp_path / "declared")
    role = DeclaredRole("inputs", "files", is_settled=True, things=(SETTINGS, SERVICE, SHARED))
    found.save(DeclaredHost("c1", "basis", {"directory": role}, HOST))
    return found


def converge(store, role="base", roles=()):
    (host,) = newly_declared([task(role)], ["c1"], Run(("c1",), roles), store, FakeSources())
    store.save(host)


def drift(store, *differences):
    """The host itself is number 0 of a look, ``/etc/kept`` is 1, leftovers come after."""
    look = looker(c1=HostLook("c1", is_reached=True, differences=differences))
    return find_drift(["c1"], store, FakeSources(), look), look.orders["c1"].things


def test_what_is_there_still_is_told_and_is_no_difference(store):
    converge(store)
    found, _ = drift(
        store, Difference(2, "exists", "false", "true"), Difference(3, "active", "false", "true")
    )
    assert [(told.hosts, told.role, told.what) for told in found.left] == [
        (("c1",), "directory", "/etc/sssd.conf"),
        (("c1",), "directory", "service sssd"),
    ]
    assert (found.differences, found.things, found.exit_code) == ((), 2, ExitCode.OK)


def test_what_somebody_removed_is_told_no_more(store):
    converge(store)
    converge(store)  # a later apply forgets nothing
    found, looked_at = drift(store)
    assert found.left == ()
    assert len(looked_at) == 4


def test_what_another_role_declares_now_is_that_ones(store):
    converge(store)
    _, looked_at = drift(store)
    assert [thing["of"].get("path") for thing in looked_at].count("/etc/kept") == 1


def test_a_role_that_ran_not_this_time_or_came_back_left_nothing(store):
    converge(store, roles=("base",))
    assert store.load("c1").left == {}
    converge(store)
    assert set(store.load("c1").left) == {"directory"}
    converge(store, role="directory")
    assert "directory" not in store.load("c1").left


@pytest.mark.parametrize(
    ("kind", "of", "wants"),
    [
        ("path", {"path": "/etc/a"}, {"exists": True, "mode": "0644"}),
        ("line", {"path": "/etc/a", "line": "one"}, {"there": True}),
        ("block", {"path": "/etc/a", "begin": "# BEGIN", "end": "# END"}, {"blocks": 1}),
        ("user", {"name": "root"}, {"exists": True}),
        ("group", {"name": "root"}, {"exists": True}),
    ],
)
def test_a_look_finds_what_is_there_and_not_what_is_gone(tmp_path, kind, of, wants):
    def is_found(of):
        order = {"root": str(tmp_path), "key": "00", "things": opposites([thing(kind, of, wants)])}
        return bool(program.look(order, lambda *_: (1, ""))["differs"])

    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/a").write_text("one\n# BEGIN\ntwo\n# END\n")
    assert is_found(of)
    assert not is_found({**of, **{key: "/etc/gone" for key in ("path", "name") if key in of}})


@pytest.mark.parametrize(
    "declared",
    [
        thing("path", {"path": "/old"}, {"exists": False}),
        thing("service", {"name": "old"}, {"active": False, "enabled": False}),
        thing("service", {"name": "old"}, {"masked": True}),
        thing("package", {"name": "old"}, {"installed": False}),
        thing("line", {"path": "/etc/a", "line": "old"}, {"there": False}),
        thing("setting", {"name": "vm.swappiness"}, {"value": "1"}),
    ],
)
def test_what_a_role_took_away_or_set_is_nothing_that_it_leaves(declared):
    assert opposites([declared]) == ()
