"""Only the owner of a drain gives a node back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.adapters.slurm.nodes import SlurmNode
from millwright.core.errors import BadInputError
from millwright.fleet.service.drain import (
    Owner,
    holder_of,
    owner_in,
    reason_of,
    require_known,
    sort_for_drain,
    sort_for_resume,
    words_in,
)

MINE = Owner("maintenance", "20261124T140000Z-00000001")
OLD = Owner("maintenance", "20261123T140000Z-00000001")


def node(name, reason="", states=("IDLE",), by="root"):
    return SlurmNode(name, frozenset({*states, *({"DRAIN"} if reason else ())}), reason, by if reason else "")


NODES = {
    found.name: found
    for found in (
        node("free"),
        node("mine", reason_of(MINE)),
        node("old", reason_of(OLD, "switch")),
        node("fan", "fan failed", by="ada"),
        node("asked", reason_of(Owner("drain", "r9"), "root: loud")),
        node("down", states=("DOWN",)),
    )
}


@given(st.text())
def test_whatever_the_words_the_owner_comes_back_and_the_reason_is_one_line(what):
    reason = reason_of(MINE, what)
    assert owner_in(reason) == MINE
    assert reason.isprintable()
    assert len(reason) < 250


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "fan",
        "millwright",
        "millwright:x",
        "amillwright:drain:r1",
        "millwright:DRAIN:r1",
        "millwright:a b:c",
    ],
)
def test_other_reasons_have_no_owner_of_ours(reason):
    assert owner_in(reason) is None
    assert words_in(reason) == reason


def test_what_others_drained_is_not_drained_again():
    found = sort_for_drain(NODES, NODES, MINE)
    assert found.chosen == ("free", "mine", "down")
    assert found.left["fan"] == "drained by ada: fan failed"
    assert set(found.left) == {"old", "fan", "asked"}


@pytest.mark.parametrize(
    ("owners", "chosen"),
    [
        (["drain"], ("asked",)),
        ([str(MINE)], ("mine",)),
        (["maintenance"], ("mine", "old")),
        (["ada"], ("fan",)),
        (["root"], ()),
        ([], ()),
    ],
)
def test_only_the_drains_of_these_owners_end(owners, chosen):
    found = sort_for_resume(NODES, NODES, owners)
    assert found.chosen == chosen
    assert set(found.chosen) | set(found.left) == set(NODES)


@given(st.lists(st.sampled_from(sorted(NODES)), unique=True), st.sampled_from([MINE, OLD]))
def test_a_resume_never_touches_what_another_holds(wanted, owner):
    for name in sort_for_resume(NODES, wanted, [str(owner)]).chosen:
        assert holder_of(NODES[name]) == str(owner)


def test_unknown_nodes_are_all_told():
    with pytest.raises(BadInputError) as refused:
        require_known(NODES, ["free", "x", "y"], "rack")
    assert {problem.key for problem in refused.value.problems} == {"x", "y"}
