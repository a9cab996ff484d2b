"""Slurm's partitions as partitions of equal nodes, and as queues over them if a site has more than that."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from millwright.discovery.classes import FoundClass
from millwright.discovery.cluster import Cluster
from millwright.discovery.kept import NOTHING, QUEUE_KEPT, QUEUE_STATE, QUEUE_USED, keep
from millwright.discovery.node_sets import Remarks, expanded, folded
from millwright.discovery.nodes import Node
from millwright.discovery.settings import FoundPartition, minutes
from millwright.facility.topics.queues import FIELDS, OVERSUBSCRIBE, PREEMPT_MODES, QUEUE_NAME, RESERVED
from millwright.facility.topics.slurm_settings import WORD

NAME = re.compile(r"^[a-z][a-z0-9-]{0,31}$")
UNLIMITED = frozenset({"UNLIMITED", "INFINITE"})
FIELD_DEFAULTS = {
    "PriorityTier": ("1",),
    "PriorityJobFactor": ("1",),
    "QoS": (),
    "OverSubscribe": ("NO",),
    "AllowGroups": ("ALL",),
    "AllowAccounts": ("ALL",),
    "DenyAccounts": ("NONE",),
    "AllowQos": ("ALL",),
    "DenyQos": ("NONE",),
}
NAMES_IN_CONF = {"QoS": "QOS"}
LISTS = frozenset({"AllowGroups", "AllowAccounts", "DenyAccounts", "AllowQos", "DenyQos"})
PATTERNS = {"OverSubscribe": OVERSUBSCRIBE, "PriorityTier": r"[0-9]{1,5}", "PriorityJobFactor": r"[0-9]{1,5}"}


@dataclass(frozen=True, slots=True)
class _Found:
    """One Slurm partition with what the facility needs of it."""

    partition: FoundPartition
    nodes: tuple[str, ...]
    limits: Mapping[str, object]
    """Keys of a queue beside its nodes."""
    remarks: tuple[tuple[str, str], ...]
    """Key below the queue (or nothing), and text."""
    is_plain: bool
    """Nothing that a partition of the facility could not say by itself."""


def describe_partitions(
    cluster: Cluster, classes: Sequence[FoundClass], unknown: Remarks
) -> dict[str, dict[str, object]]:
    """``partitions``, and ``queues`` if Slurm's overlap, mix hardware or have limits beside their time."""
    class_of = {node.name: found.name for found in classes for node in found.nodes}
    found = [_read(partition, cluster, class_of) for partition in cluster.partitions]
    _lost(cluster, found, unknown)
    if not _needs_queues(found, class_of):
        return {"partitions": dict(_plain(found, class_of, unknown))}
    partitions = _groups(found, class_of)
    queues = dict(_queues(found, partitions, class_of, unknown))
    return {
        "partitions": {
            name: {"nodes": folded(nodes), "node_class": class_of[nodes[0]]}
            for name, nodes in partitions.items()
        },
        "queues": queues,
    }


def _read(partition: FoundPartition, cluster: Cluster, class_of: Mapping[str, str]) -> _Found:
    nodes = tuple(node for node in expanded(partition.nodes) if node in class_of) or tuple(
        node.name for node in cluster.nodes if not partition.nodes and partition.name in node.partitions
    )
    remarks: list[tuple[str, str]] = []
    if lost := [node for node in expanded(partition.nodes) if node not in class_of]:
        remarks.append(("nodes", f"Slurm describes no node {folded(lost)}, so it was left out"))
    elif partition.nodes and not nodes:
        remarks.append(("nodes", f"{partition.nodes} is no set of nodes"))
    limits = dict(_limits(partition.values, cluster.config.get("PreemptMode", "OFF"), remarks))
    settings = keep(
        partition.values, QUEUE_KEPT, QUEUE_USED | QUEUE_STATE, lambda text: remarks.append(("", text))
    )
    if settings.get("DefMemPerCPU") == _memory_per_cpu([n for n in cluster.nodes if n.name in nodes]):
        del settings["DefMemPerCPU"]
    if weights := partition.values.get("TRESBillingWeights"):
        remarks.append(("charging", f"Slurm charges by {weights}: say unit and units_per_node_hour"))
    is_plain = not limits and not settings
    if settings:
        limits["settings"] = settings
    return _Found(partition, nodes, limits, tuple(remarks), is_plain)


def _memory_per_cpu(nodes: Sequence[Node]) -> str:
    """What Millwright itself writes as ``DefMemPerCPU``."""
    cpus = {node.sockets * node.cores_per_socket * node.threads_per_core for node in nodes}
    memory = {node.memory_mib for node in nodes}
    return str(memory.pop() // cpus.pop()) if len(cpus) == len(memory) == 1 and 0 not in cpus else ""


def _limits(
    values: Mapping[str, str], preempt_mode: str, remarks: list[tuple[str, str]]
) -> Iterator[tuple[str, object]]:
    """Keys of a queue that are not as Slurm has them by default."""
    for parameter, defaults in FIELD_DEFAULTS.items():
        value = values.get(parameter, "")
        if value in NOTHING or value in defaults:
            continue
        key = FIELDS[NAMES_IN_CONF.get(parameter, parameter)]
        if parameter in LISTS:
            words = value.split(",")
            if all(re.fullmatch(WORD, word) for word in words):
                yield key, words
                continue
        elif re.fullmatch(PATTERNS.get(parameter, WORD), value):
            yield key, int(value) if value.isdecimal() and parameter in PATTERNS else value
            continue
        remarks.append((key, f"Slurm says {parameter}={value}"))
    mode = values.get("PreemptMode", "")
    if mode not in {*NOTHING, preempt_mode, "OFF"} or (mode == "OFF" and preempt_mode != "OFF"):
        if mode in PREEMPT_MODES:
            yield "preempt_mode", mode
        else:
            remarks.append(("preempt_mode", f"Slurm says PreemptMode={mode}"))
    yield from _state(values, remarks)


def _state(values: Mapping[str, str], remarks: list[tuple[str, str]]) -> Iterator[tuple[str, object]]:
    if values.get("Hidden") == "YES":
        yield "hidden", True
    state = values.get("State", "UP").lower()
    if state in {"down", "drain", "inactive"}:
        yield "state", state
    elif state not in {"up", ""}:
        remarks.append(("state", f"Slurm says State={state}"))
    time = values.get("DefaultTime", "NONE")
    if limit := minutes(time):
        yield "default_time_min", limit
    elif time not in {*NOTHING, "NONE", *UNLIMITED}:
        remarks.append(("default_time_min", f"Slurm says DefaultTime={time}; whole minutes are needed"))


def _needs_queues(found: Sequence[_Found], class_of: Mapping[str, str]) -> bool:
    nodes = [node for each in found for node in each.nodes]
    return (
        len(nodes) > len(set(nodes))
        or any(not each.is_plain for each in found)
        or any(len({class_of[node] for node in each.nodes}) > 1 for each in found)
        or not all(NAME.match(each.partition.name) for each in found)
    )


def _time(found: _Found) -> object:
    text = found.partition.max_time
    return "unlimited" if text in UNLIMITED else minutes(text)


def _plain(
    found: Sequence[_Found], class_of: Mapping[str, str], unknown: Remarks
) -> Iterator[tuple[str, object]]:
    for each in found:
        key = f"partitions.{each.partition.name}"
        values: dict[str, object] = {"nodes": folded(each.nodes)} if each.nodes else {}
        names = tuple(dict.fromkeys(class_of[node] for node in each.nodes))
        if names:
            values["node_class"] = names[0]
        else:
            unknown(f"{key}.node_class", "Slurm names no node of it")
        if each.partition.is_default:
            values["default"] = True
        _add_time(values, each, key, unknown)
        _remark(each, key, unknown)
        yield each.partition.name, values


def _add_time(values: dict[str, object], found: _Found, key: str, unknown: Remarks) -> None:
    if limit := _time(found):
        values["max_time_min"] = limit
    else:
        text = f"Slurm's limit is {found.partition.max_time or 'not set'}; whole minutes are needed"
        unknown(f"{key}.max_time_min", text)


def _remark(found: _Found, key: str, unknown: Remarks) -> None:
    for below, text in found.remarks:
        unknown(".".join(filter(None, (key, below))), text)


def _groups(found: Sequence[_Found], class_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Partitions of equal nodes: a class's nodes, apart where Slurm's partitions do not overlap."""
    nodes = [node for each in found for node in each.nodes]
    is_disjoint = len(nodes) == len(set(nodes))
    owner = {node: each.partition.name for each in found for node in each.nodes} if is_disjoint else {}
    groups: dict[tuple[str, str], list[str]] = {}
    for node in class_of:
        if node in set(nodes):
            groups.setdefault((class_of[node], owner.get(node, "")), []).append(node)
    named: dict[str, tuple[str, ...]] = {}
    for (kind, _), members in groups.items():
        same = (each.partition.name for each in found if set(each.nodes) == set(members))
        name = next(filter(_is_usable, same), kind)
        named[_unused(name, named)] = tuple(members)
    return named


def _is_usable(name: str) -> bool:
    return bool(NAME.match(name)) and name.lower() not in RESERVED


def _unused(name: str, taken: Mapping[str, object]) -> str:
    numbers = (f"{name}-{number}" for number in range(2, 10_000))
    return name if name not in taken else next(each for each in numbers if each not in taken)


def _queues(
    found: Sequence[_Found],
    partitions: Mapping[str, tuple[str, ...]],
    class_of: Mapping[str, str],
    unknown: Remarks,
) -> Iterator[tuple[str, object]]:
    for each in found:
        name, key = each.partition.name, f"queues.{each.partition.name}"
        if not re.fullmatch(QUEUE_NAME, name):
            unknown("queues", f"a name that Millwright does not take: {name}")
        values: dict[str, object] = {}
        whole = [one for one, members in partitions.items() if set(members) <= set(each.nodes)]
        if each.nodes and set(each.nodes) == {node for one in whole for node in partitions[one]}:
            values["partitions"] = whole
        elif each.nodes:
            values["nodes"] = folded(each.nodes)
        else:
            unknown(f"{key}.nodes", "Slurm names no node of it")
        if each.partition.is_default:
            values["default"] = True
        _add_time(values, each, key, unknown)
        values |= each.limits
        if len({class_of[node] for node in each.nodes}) > 1:
            unknown(f"{key}.charged_as", "nodes of several kinds: by which partition are jobs charged?")
        _remark(each, key, unknown)
        yield name, values


def _lost(cluster: Cluster, found: Sequence[_Found], unknown: Remarks) -> None:
    """What the asked user can't see: partitions that nodes name, and nodes that no partition has."""
    shown = {each.partition.name for each in found}
    hidden: dict[str, list[str]] = {}
    for node in cluster.nodes:
        for name in node.partitions:
            if name not in shown:
                hidden.setdefault(name, []).append(node.name)
    for name, nodes in hidden.items():
        text = f"{name} with {folded(nodes)} is not shown to {cluster.user or 'the user who asked'}"
        unknown("partitions", f"{text}: ask as root, or as a user of its groups")
    reached = {node for each in found for node in each.nodes}
    if alone := [node.name for node in cluster.nodes if node.name not in reached]:
        unknown("partitions", f"{folded(alone)} is in none of the partitions that were shown")
    if cluster.user != "root":
        who = f"by {cluster.user}" if cluster.user else "by a user who is not known"
        text = f"Slurm was asked {who}: partitions, nodes and accounts that it hides from others are missing"
        unknown("asked_as", f"{text}; ask as root to be sure")
