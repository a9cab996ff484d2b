"""Every host in exactly one wave, services and canaries first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.core.errors import BadInputError
from millwright.fleet.rollout.waves import Policy, Selected, check_policy, plan_waves

SIZES = st.lists(st.integers(0, 40), min_size=0, max_size=5)


@st.composite
def selections(draw):
    partitions = {
        f"p{number}": tuple(f"p{number}n{node}" for node in range(size))
        for number, size in enumerate(draw(SIZES))
    }
    nodes = [node for members in partitions.values() for node in members]
    services = tuple(f"s{number}" for number in range(draw(st.integers(0, 3))))
    names = draw(st.lists(st.sampled_from(["r1", "r2", "r3", ""]), min_size=len(nodes), max_size=len(nodes)))
    groups = {
        rack: tuple(node for node, name in zip(nodes, names, strict=True) if name == rack)
        for rack in ("r1", "r2", "r3")
    }
    return Selected(services, partitions, groups)


POLICIES = st.builds(Policy, canary=st.integers(0, 3), wave_size=st.integers(1, 50))


@given(selections(), POLICIES)
def test_every_host_is_in_exactly_one_wave(selected, policy):
    waves = plan_waves(selected, policy)
    dealt = [host for wave in waves for host in wave.hosts]
    nodes = [node for members in selected.partitions.values() for node in members]
    assert sorted(dealt) == sorted([*selected.services, *nodes])
    assert len(dealt) == len(set(dealt))
    assert all(wave.hosts for wave in waves)
    assert len({wave.name for wave in waves}) == len(waves)


@given(selections(), POLICIES)
def test_services_and_canaries_go_first_and_are_the_only_trial(selected, policy):
    waves = plan_waves(selected, policy)
    first = set(waves[0].hosts) if waves else set()
    assert set(selected.services) <= first
    for members in selected.partitions.values():
        assert set(members[: policy.canary]) <= first
    assert not any(wave.is_trial for wave in waves[1:])


@given(selections(), POLICIES)
def test_no_wave_of_nodes_is_too_large_and_groups_that_fit_stay_whole(selected, policy):
    waves = plan_waves(selected, policy)
    later = [wave for wave in waves if not wave.is_trial]
    assert all(len(wave.hosts) <= policy.wave_size for wave in later)
    for members in selected.groups.values():
        left = {node for wave in later for node in wave.hosts if node in members}
        if len(left) <= policy.wave_size:
            assert sum(bool(left & set(wave.hosts)) for wave in later) <= 1


def test_waves_are_named_by_what_they_hold():
    nodes = tuple(f"n{number}" for number in range(1, 8))
    racks = {"a": nodes[:3], "b": nodes[3:5], "c": nodes[5:6]}
    waves = plan_waves(Selected(("ctl",), {"cpu": nodes}, racks), Policy(wave_size=4))
    assert [(wave.name, wave.hosts) for wave in waves] == [
        ("services and canary", ("ctl", "n1")),
        ("wave 1 (a to b)", ("n2", "n3", "n4", "n5")),
        ("wave 2 (c)", ("n6", "n7")),
    ]


def test_without_canaries_the_first_wave_is_the_trial():
    waves = plan_waves(Selected(("ctl",), {"cpu": ("n1", "n2", "n3")}, {}), Policy(canary=0, wave_size=2))
    assert [(wave.hosts, wave.is_trial) for wave in waves] == [(("ctl", "n1", "n2"), True), (("n3",), False)]


def test_a_group_larger_than_a_wave_is_split():
    nodes = tuple(f"n{number}" for number in range(5))
    waves = plan_waves(Selected((), {"cpu": nodes}, {"a": nodes}), Policy(canary=0, wave_size=2))
    assert [wave.name for wave in waves] == ["wave 1 (a part 1)", "wave 2 (a part 2)", "wave 3 (a part 3)"]


def test_what_no_wave_can_be_made_of_is_refused_at_once():
    with pytest.raises(BadInputError) as refused:
        check_policy(Policy(canary=-1, wave_size=0))
    assert {problem.key for problem in refused.value.problems} == {"-1", "0"}
