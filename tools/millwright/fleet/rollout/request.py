"""What a roll-out was asked to do: kept in its journal, so that going on with it needs no options again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from millwright.adapters.ansible.inventory import build_inventory
from millwright.adapters.ansible.playbook import selected_hosts
from millwright.core.errors import BadInputError, Problem
from millwright.core.node_sets import expand, fold
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.fleet.rollout.budget import Budget, parse_allowance
from millwright.fleet.rollout.canaries import Canaries
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.waves import Policy, Selected, Wave, check_policy, plan_waves

UPKEEP_WAVE = 16
DEFAULT_POLICY = Policy()
GROUPINGS = ("rack", "switch", "size")
SETTLED = {
    "limit": "--limit",
    "nodes": "NODES",
    "canary": "--canary",
    "wave_size": "--wave-size",
    "group_by": "--by",
    "full": "--full",
    "no_checks": "--no-checks",
    "threshold": "--threshold",
    "results_dir": "--results-dir",
}
"""What a resumed run keeps, and the option of each.

Which hosts are in which wave, and how they are changed and judged. What an operator decides when a run stops
may change on the way: budgets, how long jobs are waited for, and whether undecided nodes are admitted. So may
what is shown.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """The options that were given; what was not said has its default."""

    given: Mapping[str, object] = field(default_factory=dict)

    @property
    def limit(self) -> tuple[str, ...]:
        """Hosts and groups; all where empty."""
        found = self.given.get("limit", self.given.get("nodes"))
        return tuple(str(name) for name in found) if isinstance(found, list | tuple) else ()

    @property
    def is_full(self) -> bool:
        """Whether Ansible goes through everything, even if a look would do."""
        return bool(self.given.get("full", False))

    @property
    def shows_diff(self) -> bool:
        """Whether changes of files are shown line by line."""
        return bool(self.given.get("diff", False))

    def policy(self, default: Policy = DEFAULT_POLICY) -> Policy:
        """How nodes are dealt out to waves."""
        return Policy(
            canary=_int(self.given.get("canary"), default.canary),
            wave_size=_int(self.given.get("wave_size"), default.wave_size),
        )

    @property
    def group_by(self) -> str:
        """What stays together in a wave."""
        return str(self.given.get("group_by", "rack"))

    @property
    def budget(self) -> Budget:
        """How much may go wrong."""
        default = Budget()
        wave, total = self.given.get("max_failed_wave"), self.given.get("max_failed")
        return Budget(
            default.per_wave if wave is None else parse_allowance(str(wave), "--max-failed-wave"),
            default.in_total if total is None else parse_allowance(str(total), "--max-failed"),
            counts_unreachable=bool(self.given.get("count_unreachable", False)),
        )

    def as_data(self) -> dict[str, object]:
        """What :func:`read_request` reads back."""
        return dict(self.given)


def request_from(**options: object) -> Request:
    """A request from options, where None and an empty limit mean that nothing was said.

    Raises :exc:`BadInputError` with everything that can't be meant.
    """
    request = Request({name: value for name, value in options.items() if value is not None and value != ()})
    problems: list[Problem] = []
    for check in (
        lambda: check_policy(request.policy()),
        lambda: request.budget,
        lambda: _check_grouping(request),
    ):
        try:
            check()
        except BadInputError as error:
            problems.extend(error.problems)
    if problems:
        raise BadInputError(problems)
    return request


def declared_options(facility: Facility, *, wave_size: int | None) -> dict[str, object]:
    """Options that a facility declares under `rollout`; `wave_size` is the one for the command at hand."""
    declared = facility.rollout
    found = {
        "canary": declared.canary,
        "wave_size": wave_size,
        "group_by": declared.group_by,
        "max_failed_wave": declared.max_failed_wave,
        "max_failed": declared.max_failed,
        "count_unreachable": declared.count_unreachable,
    }
    return {name: value for name, value in found.items() if value is not None}


def read_request(journal: Journal, given: Request) -> Request:
    """The request of a run that goes on; what `given` says of budgets and patience replaces what it said.

    Raises :exc:`BadInputError` where `given` contradicts what was settled when the run began.
    """
    stored: dict[str, object] = {}
    for entry in journal.entries():
        found = entry.get("request") if entry["event"] in {"begin", "resume"} else None
        stored |= found if isinstance(found, dict) else {}
    problems = []
    for name, option in SETTLED.items():
        if name in given.given and _plain(given.given[name]) != _plain(stored.get(name)):
            expected = f"as run {journal.run_id} began ({_shown(stored.get(name))}), or left out"
            problems.append(
                Problem("--resume", option, "can't be changed in a resumed run", expected, code="MW2105")
            )
    if problems:
        raise BadInputError(problems)
    return Request({**stored, **given.given})


def _plain(value: object) -> object:
    """As JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    return fold(tuple(value)) if isinstance(value, list | tuple) else str(value)


@dataclass(frozen=True, slots=True)
class Planned:
    """In which order hosts are changed."""

    waves: tuple[Wave, ...]
    canaries: Canaries


NO_CANARIES = Canaries(())

Choose = Callable[[Mapping[str, tuple[str, ...]], int], Canaries]
"""Picks so many canaries of each partition."""


def first_nodes(partitions: Mapping[str, tuple[str, ...]], count: int) -> Canaries:
    """The first nodes of each partition, without asking whether they answer."""
    return Canaries(tuple(node for nodes in partitions.values() for node in nodes[:count]))


def plan_request(file: Path, facility: Facility, request: Request, choose: Choose = first_nodes) -> Planned:
    """The waves of a request; raises :exc:`BadInputError` where its limit names unknown hosts."""
    inventory = build_inventory(facility, file)
    hosts = selected_hosts(file, facility, inventory, request.limit)
    chosen, scheduled = frozenset(hosts), frozenset(inventory.groups["scheduled"])
    partitions = {
        name: tuple(node for node in partition.node_names() if node in chosen)
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
    }
    services = tuple(host for host in hosts if host not in scheduled)
    selected = Selected(services, partitions, groups_of(facility, request.group_by))
    return _planned(selected, request.policy(), choose)


def plan_upkeep(
    facility: Facility, nodes: Iterable[str], request: Request, choose: Choose = first_nodes
) -> Planned:
    """Waves of nodes that leave service; small ones, since users miss them meanwhile."""
    chosen = frozenset(nodes)
    partitions = {
        name: tuple(node for node in partition.node_names() if node in chosen)
        for name, partition in facility.partitions.items()
    }
    selected = Selected((), partitions, groups_of(facility, request.group_by))
    return _planned(selected, request.policy(Policy(wave_size=UPKEEP_WAVE)), choose)


def _planned(selected: Selected, policy: Policy, choose: Choose) -> Planned:
    canaries = choose(selected.partitions, policy.canary) if policy.canary else NO_CANARIES
    return Planned(plan_waves(selected, policy, canaries.chosen), canaries)


def groups_of(facility: Facility, group_by: str) -> dict[str, tuple[str, ...]]:
    """Nodes that stay together: those of a rack or under a switch; none where waves go by size."""
    if group_by == "size":
        return {}
    if group_by == "switch":
        return {name: expand(switch.nodes) for name, switch in facility.switches.items() if switch.nodes}
    return {name: expand(hosts) for name, hosts in facility.racks.items()}


def _check_grouping(request: Request) -> None:
    if request.group_by not in GROUPINGS:
        expected = f"one of {', '.join(GROUPINGS)}{did_you_mean(request.group_by, GROUPINGS)}"
        raise BadInputError([Problem("--by", request.group_by, "unknown", expected, code="MW2104")])


def _int(found: object, default: int) -> int:
    return found if isinstance(found, int) else default
