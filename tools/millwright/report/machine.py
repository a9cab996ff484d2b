"""The machine that was tested: parts, firmware, drivers, clocks, caps, topology and flags, as recorded.

Everything is read from what the jobs collected on the nodes beside their raw output. What no node can report
comes from the facility file and is marked so; what is in neither is an entry without a value, never left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from millwright.core.node_sets import NodeSetError, expand
from millwright.facility import Facility
from millwright.facility.model import NodeClass, NodeStatement
from millwright.report.rows import name_nodes
from millwright.results.facts import CaseFacts

MOST_VALUES = 8
"""Different values of one fact that are kept with their nodes; of more, the number is stated."""

TOPICS: Mapping[str, tuple[str, ...]] = {
    "processor": ("cpu.*", "topology.*"),
    "firmware": ("firmware.*",),
    "system": ("system.*", "kernel.*", "driver", "driver.*"),
    "clocks": ("clocks.*",),
    "power": ("power.*",),
    "memory": ("memory.*",),
    "accelerators": ("accelerator", "accelerator.*"),
    "network": ("rail", "rail.*", "network", "network.*"),
    "storage": ("storage", "storage.*"),
    "flags": ("build.command.*", "build.compiler.*", "environment.*", "ran.package.*", "ran.interpreter"),
}
"""Facts by topic, as shell patterns of their names; the others (load, hashes) are in the evidence."""

UNSTABLE = (
    "clocks.now",
    "memory.available",
    "accelerator.*.temperature.gpu",
    "environment.SLURM_JOB_*",
    "environment.MILLWRIGHT_*",
)
"""What differs from job to job and describes no machine."""
SERIALS = ("accelerator.*.uuid", "accelerator.*.serial")

MLPERF: Mapping[str, tuple[str, ...]] = {
    "system_name": (),
    "number_of_nodes": (),
    "host_processor_model_name": ("cpu.model",),
    "host_processors_per_node": ("topology.sockets",),
    "host_processor_core_count": ("topology.cores_per_socket",),
    "host_processor_interconnect": (),
    "host_processor_caches": ("topology.l1d_cache", "topology.l2_cache", "topology.l3_cache"),
    "host_memory_capacity": ("memory.total",),
    "host_memory_configuration": (),
    "host_storage_type": ("storage.*",),
    "host_storage_capacity": ("storage.*",),
    "host_network_card_count": (),
    "host_networking": ("rail.*.port*", "network.*"),
    "host_networking_topology": (),
    "accelerators_per_node": (),
    "accelerator_model_name": ("accelerator.*.name",),
    "accelerator_memory_capacity": ("accelerator.*.memory.total",),
    "accelerator_host_interconnect": ("accelerator.*.pcie.link.gen.max", "accelerator.*.pcie.link.width.max"),
    "accelerator_memory_configuration": (),
    "accelerator_interconnect": (),
    "accelerator_interconnect_topology": (),
    "cooling": (),
    "framework": ("ran.package.torch",),
    "operating_system": ("system.name",),
    "other_software_stack": ("kernel.release", "system.libc", "driver.nvidia", "driver.amdgpu"),
    "hw_notes": (),
}
"""Fields of MLPerf's system description that need a meaningful answer and concern the machine, and the facts
that answer them. The four others (submitter, division, status, system type) are of a submission to MLPerf."""

STATED: Mapping[str, Callable[[NodeStatement], str | None]] = {
    "host_memory_configuration": lambda stated: stated.memory_configuration,
    "host_processor_interconnect": lambda stated: stated.processor_interconnect,
    "host_storage_type": lambda stated: stated.storage,
    "host_storage_capacity": lambda stated: stated.storage,
    "host_network_card_count": lambda stated: stated.host_networking,
    "host_networking": lambda stated: stated.host_networking,
    "host_networking_topology": lambda stated: stated.network_topology,
    "accelerator_host_interconnect": lambda stated: stated.accelerator_host_interconnect,
    "accelerator_memory_configuration": lambda stated: stated.accelerator_memory,
    "accelerator_interconnect": lambda stated: stated.accelerator_interconnect,
    "accelerator_interconnect_topology": lambda stated: stated.accelerator_topology,
    "cooling": lambda stated: stated.cooling,
    "hw_notes": lambda stated: stated.notes,
}

Origin = Literal["recorded", "facility", "not readable", "not stated"]
Values = dict[str, list[str]]
"""Nodes by the value that they gave."""


@dataclass(frozen=True, slots=True)
class FactValue:
    """One value of a fact and the nodes that gave it."""

    value: str
    nodes: str
    """Folded; empty for a fact of the build."""
    count: int


@dataclass(frozen=True, slots=True)
class MachineFact:
    """One entry of the description."""

    topic: str
    """``mlperf`` or a key of :data:`TOPICS`."""
    name: str
    origin: Origin
    values: tuple[FactValue, ...]
    """Most frequent first; several where nodes differ. Of an unreadable fact, the reasons."""
    more_values: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """A partition as its nodes described themselves."""

    group: str
    nodes: str
    nodes_heard: int
    """Nodes that left any facts."""
    nodes_existing: int
    facts: tuple[MachineFact, ...]


def describe_machines(
    facility: Facility, cases: Iterable[CaseFacts], *, show_serials: bool
) -> tuple[Machine, ...]:
    """Each partition, in the order of the facility file, also where no job left facts."""
    found: dict[str, _Recorded] = defaultdict(_Recorded)
    for case in cases:
        for row in case.rows:
            found[case.origin.partition].add(row.name, row.value, row.nodes, readable=row.readable)
    return tuple(
        _describe(name, facility, found.get(name, _Recorded()), show_serials=show_serials)
        for name in facility.partitions
    )


class _Recorded:
    """Facts of one partition's nodes, devices of a node folded."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
        self.reasons: dict[str, Values] = defaultdict(lambda: defaultdict(list))

    def add(self, name: str, value: str, nodes: str, *, readable: bool) -> None:
        general, device = _without_device(name)
        for node in _expand(nodes):
            if readable:
                self.values[general][node].add((device, value))
            elif value not in self.reasons[general] or node not in self.reasons[general][value]:
                self.reasons[general][value].append(node)

    def names(self) -> list[str]:
        return sorted({*self.values, *self.reasons})

    def by_value(self, name: str) -> Values:
        """What each node gave, its devices counted: ``NVIDIA H200 x8``."""
        found: Values = defaultdict(list)
        for node, given in self.values.get(name, {}).items():
            found[_say_devices(given)].append(node)
        return found

    def accelerators(self) -> Values:
        """How many accelerators each node named."""
        found: Values = defaultdict(list)
        for node, given in self.values.get("accelerator.*.name", {}).items():
            found[str(len({device for device, _ in given}))].append(node)
        return found

    def network_cards(self) -> Values:
        """How many RDMA devices and network interfaces with a device behind them each node named."""
        cards: dict[str, set[str]] = defaultdict(set)
        for name, given in self.values.items():
            if name.startswith(("rail.", "network.")):
                for node in given:
                    cards[node].add(".".join(name.split(".")[:2]))
        found: Values = defaultdict(list)
        for node, names in cards.items():
            found[str(len(names))].append(node)
        return found

    def nodes(self) -> set[str]:
        return {node for given in self.values.values() for node in given if node}


@cache
def _expand(nodes: str) -> tuple[str, ...]:
    try:
        return expand(nodes) if nodes else ("",)
    except NodeSetError:
        return tuple(nodes.split(", "))


def _without_device(name: str) -> tuple[str, str]:
    """The name without the number of an accelerator, and that number.

    >>> _without_device("accelerator.0.power.limit")
    ('accelerator.*.power.limit', '0')
    """
    parts = name.split(".")
    if parts[0] == "accelerator" and len(parts) > 2:
        return ".".join([parts[0], "*", *parts[2:]]), parts[1]
    return name, ""


def _say_devices(given: set[tuple[str, str]]) -> str:
    counts = Counter(value for _, value in given)
    has_devices = any(device for device, _ in given)
    parts = [f"{value} x{count}" if has_devices else value for value, count in sorted(counts.items())]
    return "; ".join(parts)


def _describe(name: str, facility: Facility, recorded: _Recorded, *, show_serials: bool) -> Machine:
    partition = facility.partitions[name]
    node_class = facility.class_of(name)
    existing = partition.node_names()
    hidden = UNSTABLE if show_serials else (*UNSTABLE, *SERIALS)
    known = {"system_name": facility.title, "number_of_nodes": str(len(existing))}
    facts = [*_mlperf(recorded, node_class, known), *_topics(recorded, hidden)]
    return Machine(name, partition.nodes, len(recorded.nodes()), len(existing), tuple(facts))


def _mlperf(
    recorded: _Recorded, node_class: NodeClass | None, known: Mapping[str, str]
) -> Iterator[MachineFact]:
    counted = {
        "accelerators_per_node": recorded.accelerators,
        "host_network_card_count": recorded.network_cards,
    }
    for field, patterns in MLPERF.items():
        values = counted[field]() if field in counted else _joined(recorded, patterns)
        stated = known.get(field) or _stated(field, node_class)
        if values:
            yield _fact("mlperf", field, "recorded", values)
        elif stated:
            yield MachineFact("mlperf", field, "facility", (FactValue(stated, "", 0),))
        else:
            yield MachineFact("mlperf", field, "not stated", ())


def _stated(field: str, node_class: NodeClass | None) -> str:
    if node_class is None:
        return ""
    if field == "accelerators_per_node" and node_class.accelerators:
        return str(node_class.accelerators.count)
    if field == "accelerator_model_name" and node_class.accelerators:
        return node_class.accelerators.part
    return (STATED[field](node_class.stated) if field in STATED else None) or ""


def _joined(recorded: _Recorded, patterns: Sequence[str]) -> Values:
    """The values of several facts of each node as one text."""
    texts: dict[str, list[str]] = defaultdict(list)
    names = [name for pattern in patterns for name in sorted(recorded.values) if fnmatchcase(name, pattern)]
    for name in dict.fromkeys(names):
        for value, nodes in recorded.by_value(name).items():
            told = value if len(names) == 1 else f"{_short(name)}: {value}"
            for node in nodes:
                texts[node].append(told)
    found: Values = defaultdict(list)
    for node, parts in texts.items():
        found["; ".join(parts)].append(node)
    return found


def _short(name: str) -> str:
    return name.removeprefix("accelerator.*.").removeprefix("topology.")


def _topics(recorded: _Recorded, hidden: Sequence[str]) -> Iterator[MachineFact]:
    for topic, patterns in TOPICS.items():
        for name in recorded.names():
            if not any(fnmatchcase(name, pattern) for pattern in patterns):
                continue
            if any(fnmatchcase(name, pattern) for pattern in hidden):
                continue
            if recorded.values.get(name):
                yield _fact(topic, name, "recorded", recorded.by_value(name))
            else:
                yield _fact(topic, name, "not readable", recorded.reasons[name])


def _fact(topic: str, name: str, origin: Origin, values: Values) -> MachineFact:
    ordered = sorted(values.items(), key=lambda item: (-len(item[1]), item[0]))
    shown = tuple(
        FactValue(value, name_nodes(node for node in nodes if node), len(nodes))
        for value, nodes in ordered[:MOST_VALUES]
    )
    return MachineFact(topic, name, origin, shown, max(0, len(ordered) - MOST_VALUES))
