"""Which hosts need what, from their documents and a look; and what is kept after a run."""

from dataclasses import replace

import pytest

from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.core.errors import ExitCode
from millwright.fleet.look.ansible_runs import Run, runs_for
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.finding import Difference, HostLook
from millwright.fleet.look.merged_result import add_looks, merge
from millwright.fleet.look.role_inputs import Play
from millwright.fleet.look.sealing import newly_declared, seal
from millwright.fleet.look.survey import DIFFERS, FILES, INPUTS, NEVER, NOT_FINISHED, PLAYBOOKS, Need, survey

from .fakes import SETTLED, FakeSources, keep, looker


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "declared")


def test_hosts_that_are_as_declared_need_nothing(store):
    keep(store, "c1", "c2")
    look_at = looker()
    found = survey(["c1", "c2"], store, FakeSources(), look_at)
    assert found.needs == ()
    assert [len(order.things) for order in look_at.orders.values()] == [3, 3]


def test_a_new_host_needs_everything_and_is_not_looked_at(store):
    look_at = looker()
    assert survey(["c1"], store, FakeSources(), look_at).needs == (Need("c1", NEVER),)
    assert look_at.orders == {}


@pytest.mark.parametrize(
    ("sources", "reason"),
    [
        (FakeSources(digests={"base": "other"}), INPUTS),
        (FakeSources(dynamic=("url",)), "it asks url"),
        (FakeSources(files="other"), FILES),
    ],
)
def test_a_role_whose_inputs_changed_has_to_run(store, sources, reason):
    keep(store, "c1")
    (need,) = survey(["c1"], store, sources, looker()).needs
    assert need.roles["base"] == reason
    assert need.everything == ""


def test_a_role_that_was_left_half_done_has_to_run(store):
    keep(store, "c1", roles={"base": replace(SETTLED, is_settled=False), "munge": SETTLED})
    (need,) = survey(["c1"], store, FakeSources(), looker()).needs
    assert need.roles == {"base": NOT_FINISHED}


def test_changed_playbooks_change_everything(store):
    keep(store, "c1")
    (need,) = survey(["c1"], store, FakeSources(bases={"c1": "other"}), looker()).needs
    assert need.everything == PLAYBOOKS


def test_a_difference_sends_its_role(store):
    keep(store, "c1")
    look = HostLook("c1", is_reached=True, differences=(Difference(2, "digest", "1", "2"),))
    found = survey(["c1"], store, FakeSources(), looker(c1=look))
    assert found.needs == (Need("c1", "", {"munge": DIFFERS}),)
    (drift,) = found.drift
    assert (drift.role, drift.what, drift.attribute) == ("munge", "/etc/a", "digest")


def test_what_the_host_can_not_tell_sends_its_role(store):
    keep(store, "c1")
    look = HostLook("c1", is_reached=True, untested={1: "permission denied"})
    assert survey(["c1"], store, FakeSources(), looker(c1=look)).needs[0].roles == {"base": DIFFERS}


@pytest.mark.parametrize(
    "look",
    [
        HostLook("c1", is_reached=True, differences=(Difference(0, "hostname", "c1", "c9"),)),
        HostLook("c1", is_reached=True, clock_skew_s=500),
        HostLook("c1", is_reached=True, reason="python3: not found"),
    ],
    ids=["another-host", "clock", "no-answer"],
)
def test_a_host_that_is_another_or_can_not_be_looked_at_needs_everything(store, look):
    keep(store, "c1")
    assert survey(["c1"], store, FakeSources(), looker(c1=look)).needs[0].everything


def test_a_host_that_can_not_be_reached_holds_up_nobody(store):
    keep(store, "c1", "c2")
    found = survey(["c1", "c2"], store, FakeSources(), looker(c1=HostLook.unreached("c1", "no route")))
    assert found.needs == ()
    result = add_looks(merge([], seconds=1), found, ["c1", "c2"])
    assert [(host.host, host.state) for host in result.hosts] == [("c1", "unreachable"), ("c2", "ok")]
    assert result.exit_code is ExitCode.NOT_TESTED
    assert result.failures == (Failure("c1", "Look at the host", "no route"),)


def test_a_role_with_something_unseen_always_runs(store):
    keep(store, "c1", roles={"base": SETTLED, "accounts": replace(SETTLED, unseen=("Ensure accounts",))})
    (need,) = survey(["c1"], store, FakeSources(), looker()).needs
    assert list(need.roles) == ["accounts"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 0}', '{"format": 1, "roles": {"a": {}}}'])
def test_a_document_that_was_cut_off_is_none(store, text):
    keep(store, "c1")
    (store.folder / "hosts/c1.json").write_text(text)
    assert store.load("c1") is None


def test_documents_and_their_key_are_for_their_owner_only(store):
    keep(store, "c1")
    assert store.key() == store.key()
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.folder.rglob("*")}
    assert modes == {"hosts": 0o700, "c1.json": 0o600, "digest.key": 0o600}


PLAY = Play({name: {} for name in ("base", "munge", "packages", "verify")}, {}, "", "")


def test_hosts_that_need_some_roles_run_before_those_that_need_all():
    needs = [Need("new", NEVER), Need("c1", "", {"base": INPUTS}), Need("c2", "", {"munge": DIFFERS})]
    some, whole = runs_for(needs, PLAY)
    assert some == Run(("c1", "c2"), ("base", "munge", "verify"), ("packages",))
    assert whole == Run(("new",))
    assert runs_for([], PLAY) == ()


def test_a_check_takes_the_packages_along_and_proves_nothing():
    (run,) = runs_for([Need("c1", "", {"base": INPUTS})], PLAY, is_check=True)
    assert run.roles == ("base", "packages")


TASK = {
    "host": "c1",
    "roles": ["base"],
    "task": "Ensure a",
    "module": "template",
    "status": "ok",
    "arguments": {"dest": "/etc/a", "mode": "0644"},
    "reads_only": False,
    "delegated": False,
}
TOLD = {
    0: {"hostname": "c1", "system": "debian 13", "architecture": "x86_64"},
    1: {"type": "file", "digest": "abc"},
}


def test_a_good_run_is_kept_with_what_the_host_tells(store):
    declared = newly_declared([TASK], ["c1"], Run(("c1",)), store, FakeSources())
    (host,) = seal(declared, looker(c1=HostLook("c1", is_reached=True, sealed=TOLD)))
    store.save(host)
    role = store.load("c1").roles["base"]
    assert role.is_settled
    assert role.things[0]["wants"] == {"exists": True, "mode": "0644", "type": "file", "digest": "abc"}
    assert store.load("c1").itself["wants"]["system"] == "debian 13"
    assert survey(["c1"], store, FakeSources(), looker()).needs == ()


@pytest.mark.parametrize(
    "look",
    [
        HostLook.unreached("c1", "gone"),
        HostLook("c1", is_reached=True, sealed=TOLD, differences=(Difference(1, "mode", "0644", "0600"),)),
        HostLook("c1", is_reached=True, sealed=TOLD, untested={1: "no"}),
        HostLook("c1", is_reached=True, sealed=TOLD, clock_skew_s=1000),
    ],
    ids=["gone", "differs", "untested", "clock"],
)
def test_what_is_not_found_right_after_a_run_stays_to_be_done(store, look):
    declared = newly_declared([TASK], ["c1"], Run(("c1",)), store, FakeSources())
    for host in seal(declared, looker(c1=look)):
        store.save(host)
    assert survey(["c1"], store, FakeSources(), looker()).needs[0].roles == {"base": NOT_FINISHED}


def test_a_run_of_some_roles_keeps_the_others(store):
    keep(store, "c1")
    declared = newly_declared([TASK], ["c1"], Run(("c1",), ("base",)), store, FakeSources())
    assert list(declared[0].roles) == ["base", "munge"]
    whole = newly_declared([TASK], ["c1"], Run(("c1",)), store, FakeSources())
    assert list(whole[0].roles) == ["base"]


def test_several_runs_are_one_result():
    one = ApplyResult((HostCounts("c1", 1, 2, 0, 0),), (), (), 0, None, 1)
    two = ApplyResult((HostCounts("c1", 3, 0, 0, 0), HostCounts("c2", 1, 0, 1, 0)), (), (), 2, None, 1)
    found = merge([one, two], seconds=5)
    assert found.hosts == (HostCounts("c1", 4, 2, 0, 0), HostCounts("c2", 1, 0, 1, 0))
    assert (found.status, found.seconds, found.exit_code) == (2, 5, ExitCode.FAIL)
