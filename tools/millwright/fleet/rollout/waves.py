"""In which order hosts are changed: services and canaries first, then the nodes wave by wave.

Services come first because nodes get their configuration from the controller. The canaries go with
them, so that the playbooks' own proof (a job on every node of the run) covers both before a wave begins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from millwright.core.errors import BadInputError, Problem

SERVICES, CANARY = "services", "canary"


@dataclass(frozen=True, slots=True)
class Wave:
    """Hosts that are changed together."""

    name: str
    hosts: tuple[str, ...]
    is_trial: bool = False
    """Services and canaries: a single failure here stops everything."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How nodes are dealt out to waves."""

    canary: int = 1
    """Nodes of each partition that go before all others."""
    wave_size: int = 128
    """Most nodes in a wave."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The hosts that a change is meant for."""

    services: tuple[str, ...]
    partitions: Mapping[str, tuple[str, ...]]
    """Nodes of each partition."""
    groups: Mapping[str, tuple[str, ...]]
    """Nodes that go together where they can: racks or switches; a node of no group goes at the end."""


def check_policy(policy: Policy) -> None:
    """Raise :exc:`BadInputError` with everything that no wave can be made of."""
    problems = []
    if policy.canary < 0:
        problems.append(
            Problem("--canary", str(policy.canary), "less than 0", "0 or more nodes", code="MW2102")
        )
    if policy.wave_size < 1:
        problems.append(
            Problem("--wave-size", str(policy.wave_size), "less than 1", "1 or more nodes", code="MW2103")
        )
    if problems:
        raise BadInputError(problems)


def plan_waves(selected: Selected, policy: Policy, canaries: Iterable[str] | None = None) -> tuple[Wave, ...]:
    """Deal every selected host out to exactly one wave.

    `canaries` go first; where it is None, the first nodes of each partition do. Without any the services go
    with the first wave of nodes, which then is the trial.
    """
    nodes = tuple(dict.fromkeys(node for members in selected.partitions.values() for node in members))
    if canaries is None:
        canaries = (n for members in selected.partitions.values() for n in members[: policy.canary])
    chosen = frozenset(canaries)
    trial = tuple(node for node in nodes if node in chosen)
    services = tuple(dict.fromkeys(host for host in selected.services if host not in nodes))
    rest = [node for node in nodes if node not in chosen]
    waves = list(_pack(_split(_gather(rest, selected.groups), policy.wave_size), policy.wave_size))
    if services or trial:
        name = " and ".join(word for word, hosts in ((SERVICES, services), (CANARY, trial)) if hosts)
        if services and not trial and waves:
            first = waves.pop(0)
            name, trial = f"{SERVICES} and {first.name}", first.hosts
        waves.insert(0, Wave(name, (*services, *trial), is_trial=True))
    return tuple(waves)


def _gather(nodes: Iterable[str], groups: Mapping[str, Sequence[str]]) -> Iterator[Wave]:
    """Nodes by group, in the order of the groups; those of no group at the end."""
    group_of = {node: name for name, members in reversed(tuple(groups.items())) for node in members}
    gathered: dict[str, list[str]] = {name: [] for name in groups}
    ungrouped: list[str] = []
    for node in nodes:
        (gathered[group_of[node]] if node in group_of else ungrouped).append(node)
    for name, members in gathered.items():
        if members:
            yield Wave(name, tuple(members))
    if ungrouped:
        yield Wave("", tuple(ungrouped))


def _split(groups: Iterable[Wave], size: int) -> Iterator[Wave]:
    """Groups that are larger than a wave, in parts."""
    for group in groups:
        parts = range(0, len(group.hosts), size)
        for number, start in enumerate(parts, start=1):
            name = f"{group.name} part {number}" if group.name and len(parts) > 1 else group.name
            yield Wave(name, group.hosts[start : start + size])


def _pack(groups: Iterable[Wave], size: int) -> Iterator[Wave]:
    """Whole groups together, as many as a wave takes; numbered, and named by what they hold."""
    number = 0
    gathered: list[Wave] = []
    for group in groups:
        if gathered and sum(len(each.hosts) for each in gathered) + len(group.hosts) > size:
            number += 1
            yield _join(number, gathered)
            gathered = []
        gathered.append(group)
    if gathered:
        yield _join(number + 1, gathered)


def _join(number: int, groups: Sequence[Wave]) -> Wave:
    names = [group.name for group in groups if group.name]
    listed = f" ({names[0]} to {names[-1]})" if len(names) > 1 else f" ({names[0]})" if names else ""
    return Wave(f"wave {number}{listed}", tuple(host for group in groups for host in group.hosts))
