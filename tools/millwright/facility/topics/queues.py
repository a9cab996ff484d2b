"""What users submit to: Slurm partitions over nodes of one or several partitions of the facility.

A partition of the facility is provisioned, measured and counted once; queues may overlap. A facility that
names no queue has one for each partition, of the same name.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PlainSerializer, PositiveInt, StringConstraints, WithJsonSchema, WrapValidator

from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import expand
from millwright.core.suggestions import did_you_mean
from millwright.facility.fields import HostSetText, Name, Title
from millwright.facility.topics.slurm_settings import Settings, SlurmWord, find_setting_problems

if TYPE_CHECKING:
    from millwright.facility.model import Facility

QUEUE_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
OVERSUBSCRIBE = r"^(NO|EXCLUSIVE|(YES|FORCE)(:[1-9][0-9]{0,3})?)$"
PREEMPT_MODES = ("OFF", "CANCEL", "GANG", "REQUEUE", "SUSPEND", "SUSPEND,GANG", "GANG,SUSPEND")
QueueName = Annotated[str, StringConstraints(pattern=QUEUE_NAME)]
"""The name of a Slurm partition."""
if TYPE_CHECKING:
    Minutes = int | Literal["unlimited"]
else:  # one type for pydantic, so that a wrong number gets one message and not one for each of two types
    Minutes = Annotated[
        PositiveInt,
        WrapValidator(lambda value, check: value if value == "unlimited" else check(value)),
        PlainSerializer(lambda value: value, return_type=int | str),
        WithJsonSchema({"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, {"const": "unlimited"}]}),
    ]
OverSubscribe = Annotated[str, StringConstraints(pattern=OVERSUBSCRIBE)]
PreemptMode = Literal["OFF", "CANCEL", "GANG", "REQUEUE", "SUSPEND", "SUSPEND,GANG", "GANG,SUSPEND"]
Words = tuple[SlurmWord, ...]


class Queue(Frozen):
    """A Slurm partition: nodes, who may use them, and for how long."""

    title: Title | None = None
    partitions: tuple[Name, ...] = ()
    """All nodes of these partitions."""
    nodes: HostSetText | None = None
    """Only these nodes, instead of whole partitions."""
    is_default: Annotated[bool, Field(alias="default")] = False
    max_time_min: Minutes = "unlimited"
    """Longest job, in minutes."""
    default_time_min: PositiveInt | None = None
    """Time of a job that asks for none, in minutes; the longest if left out."""
    state: Literal["up", "down", "drain", "inactive"] = "up"
    hidden: bool = False
    """Not shown to users who don't ask for all partitions."""
    priority_tier: Annotated[int, Field(ge=0, le=65533)] | None = None
    """Jobs of a higher tier start first, and may pre-empt those of a lower one."""
    priority_job_factor: Annotated[int, Field(ge=0, le=65533)] | None = None
    """Share of this queue in the priority of its jobs."""
    qos: SlurmWord | None = None
    """QOS whose limits hold for the queue as a whole."""
    oversubscribe: OverSubscribe | None = None
    """Whether jobs share nodes: `EXCLUSIVE`, `NO`, `YES:4`, `FORCE:2`."""
    preempt_mode: PreemptMode | None = None
    """What happens to jobs of this queue that give way."""
    allow_groups: Words = ()
    """Only these Unix groups; everybody if empty."""
    allow_accounts: Words = ()
    deny_accounts: Words = ()
    allow_qos: Words = ()
    deny_qos: Words = ()
    charged_as: Name | None = None
    """Partition by whose charging jobs are charged; needed if the nodes are charged in different ways."""
    settings: Settings = {}
    """Other parameters of the partition in slurm.conf: `ExclusiveUser: "YES"`."""


Queues = dict[QueueName, Queue]
FIELDS = {
    "PriorityTier": "priority_tier",
    "PriorityJobFactor": "priority_job_factor",
    "QOS": "qos",
    "OverSubscribe": "oversubscribe",
    "PreemptMode": "preempt_mode",
    "AllowGroups": "allow_groups",
    "AllowAccounts": "allow_accounts",
    "DenyAccounts": "deny_accounts",
    "AllowQos": "allow_qos",
    "DenyQos": "deny_qos",
}
"""Parameters in slurm.conf that are written as they are, with their key of a queue."""
OWN = ("PartitionName", "Nodes", "Default", "MaxTime", "DefaultTime", "State", "Hidden", "TRESBillingWeights")
UNLIMITED_JOB_MIN = 60
"""Limit of a job that measures where Slurm sets none."""
RESERVED = frozenset({"default"})
"""Names that mean something else to Slurm, in any case of letters."""


def queue_nodes(facility: "Facility", queue: Queue) -> tuple[str, ...]:
    """Nodes of a queue, each once."""
    if queue.nodes:
        return expand(queue.nodes)
    known = (facility.partitions[name] for name in queue.partitions if name in facility.partitions)
    return tuple(dict.fromkeys(node for partition in known for node in partition.node_names()))


def partitions_below(facility: "Facility", queue: Queue) -> tuple[str, ...]:
    """Partitions of which a queue has nodes."""
    nodes = set(queue_nodes(facility, queue))
    return tuple(name for name, p in facility.partitions.items() if nodes.intersection(p.node_names()))


def queue_of(facility: "Facility", partition: str) -> str:
    """The queue through which a partition is measured: its own, else the most open one with all its nodes."""
    if not facility.queues:
        return partition
    nodes = set(facility.partitions[partition].node_names())
    covered = {
        name: len(nodes.intersection(queue_nodes(facility, queue))) for name, queue in facility.queues.items()
    }

    def rank(name: str) -> tuple[int, bool, bool]:
        queue = facility.queues[name]
        return -covered[name], name != partition, _is_restricted(queue)

    return min(facility.queues, key=rank)


def _is_restricted(queue: Queue) -> bool:
    return bool(
        queue.hidden or queue.state != "up" or queue.allow_groups or queue.allow_accounts or queue.allow_qos
    )


def job_limit_min(facility: "Facility", partition: str, queue: str) -> int:
    """Longest time of a job that measures a partition through a queue, in minutes."""
    own = facility.partitions[partition].max_time_min
    limits = [own, facility.queues[queue].max_time_min if queue in facility.queues else own]
    return min((limit for limit in limits if limit != "unlimited"), default=UNLIMITED_JOB_MIN)


def charged_partition(facility: "Facility", queue: str) -> str | None:
    """The partition by whose charging jobs of a queue are charged; None if nothing has that name."""
    if not facility.queues:
        return queue if queue in facility.partitions else None
    if queue not in facility.queues:
        return None
    found = facility.queues[queue]
    if found.charged_as:
        return found.charged_as
    return next(iter(partitions_below(facility, found)), None)


def find_queue_problems(facility: "Facility") -> Iterator[Finding]:
    """Contradictions of ``queues``, and names that Slurm keeps for itself."""
    for kind, names in (("partitions", facility.partitions), ("queues", facility.queues)):
        for reserved in (each for each in names if each.lower() in RESERVED):
            problem = f"{reserved!r} is reserved: Slurm takes it for the defaults of all partitions"
            yield Finding("MW1521", f"{kind}.{reserved}", problem, "another name")
    for name, partition in facility.partitions.items():
        for node in RESERVED.intersection(partition.node_names()):
            problem = f"{node!r} is reserved: Slurm takes it for the defaults of all nodes"
            yield Finding("MW1521", f"partitions.{name}.nodes", problem, "another name of the host")
    if not facility.queues:
        return
    scheduled = {
        node: name
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
        for node in partition.node_names()
    }
    for name, queue in facility.queues.items():
        yield from _nodes(facility, f"queues.{name}", queue, scheduled)
        yield from _charging(facility, f"queues.{name}", queue)
        yield from find_setting_problems(f"queues.{name}.settings", queue.settings, (*OWN, *FIELDS))
    yield from _defaults(facility)
    reached = {node for queue in facility.queues.values() for node in queue_nodes(facility, queue)}
    lost = {scheduled[node]: node for node in scheduled if node not in reached}
    for owner, node in lost.items():
        yield Finding("MW1525", "queues", f"none reaches {node} of partition {owner}", "a queue with it")


def _nodes(facility: "Facility", key: str, queue: Queue, scheduled: dict[str, str]) -> Iterator[Finding]:
    if bool(queue.partitions) == bool(queue.nodes):
        problem = "both partitions and nodes" if queue.nodes else "neither partitions nor nodes"
        yield Finding("MW1522", key, problem, "one of them")
    slurm = [name for name, partition in facility.partitions.items() if partition.scheduler == "slurm"]
    for name in queue.partitions:
        if name not in slurm:
            expected = f"one of {', '.join(slurm)}{did_you_mean(name, slurm)}"
            yield Finding("MW1523", f"{key}.partitions", f"unknown partition {name!r}", expected)
    for node in expand(queue.nodes) if queue.nodes else ():
        if node not in scheduled:
            problem = f"{node} is in no partition that Slurm schedules"
            yield Finding("MW1524", f"{key}.nodes", problem, "nodes of partitions")


def _charging(facility: "Facility", key: str, queue: Queue) -> Iterator[Finding]:
    below = partitions_below(facility, queue)
    if queue.charged_as is not None and queue.charged_as not in below:
        problem = f"{queue.charged_as!r} is no partition of this queue"
        yield Finding("MW1526", f"{key}.charged_as", problem, f"one of {', '.join(below)}")
    charged = {
        (p.charging.unit, p.charging.units_per_node_hour, p.node_class)
        for p in (facility.partitions[name] for name in below)
    }
    if len(charged) > 1 and queue.charged_as is None and facility.accounts:
        problem = f"{', '.join(below)} are charged in different ways"
        yield Finding("MW1527", f"{key}.charged_as", problem, "the partition by which jobs are charged")


def _defaults(facility: "Facility") -> Iterator[Finding]:
    if sum(queue.is_default for queue in facility.queues.values()) > 1:
        yield Finding("MW1528", "queues", "more than one default queue", "at most one")
    for name, partition in facility.partitions.items():
        if partition.is_default:
            problem = "jobs go to queues, so no partition is the default"
            yield Finding("MW1529", f"partitions.{name}.default", problem, "default: true at a queue")
