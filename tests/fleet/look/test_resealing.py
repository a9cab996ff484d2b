"""After `accounts apply`, drift compares with what slurmdbd holds; all else stays as it was declared."""

from dataclasses import replace

import pytest

from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.finding import HostLook
from millwright.fleet.look.sealing import reseal

from .fakes import FILE, SETTLED, keep, looker

ASKED = {
    "kind": "answer",
    "of": {"argv": ["sacctmgr"]},
    "wants": {"good": True, "output": "old"},
    "seal": [],
}


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "declared")
    keep(found, "ctl", roles={"accounts": replace(SETTLED, things=(FILE, ASKED)), "base": SETTLED})
    return found


def test_the_answer_now_is_declared(store):
    look_at = looker(ctl=HostLook("ctl", is_reached=True, sealed={1: {"digest": "2"}, 2: {"output": "new"}}))
    reseal("ctl", "accounts", store, look_at)
    found = store.load("ctl")
    file = {**FILE, "wants": {"digest": "2"}}  # the days of the grants
    assert found.roles["accounts"].things == (file, {**ASKED, "wants": {"good": True, "output": "new"}})
    assert found.roles["accounts"].is_settled
    assert found.roles["base"] == SETTLED
    assert [thing["seal"] for thing in look_at.orders["ctl"].things] == [[], ["digest"], ["output"]]


def test_a_host_that_does_not_answer_is_looked_at_again_by_the_next_apply(store):
    reseal("ctl", "accounts", store, looker(ctl=HostLook.unreached("ctl", "no route")))
    assert not store.load("ctl").roles["accounts"].is_settled


def test_what_never_converged_stays_so(store):
    reseal("new", "accounts", store, looker())
    assert store.load("new") is None
    reseal("ctl", "grants", store, looker())
    assert set(store.load("ctl").roles) == {"accounts", "base"}
