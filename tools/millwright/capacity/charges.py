"""What allocations cost: the largest share of a node that they hold, in the units of their partition.

The rule that `TRESBillingWeights` and `PriorityFlags=MAX_TRES` make Slurm itself follow, applied to the
raw resources, so that it also holds for jobs from before these were set.
"""

import re
from collections.abc import Mapping

from millwright.facility import Facility
from millwright.facility.devices import node_share
from millwright.facility.meters import meter_of_queue
from millwright.facility.model import NodeClass
from millwright.facility.topics.queues import charged_partition
from millwright.results.accounting import UsageRow

S_PER_HOUR = 3600
MIB_OF_SUFFIX = {"K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1024.0**2, "P": 1024.0**3, "E": 1024.0**4}
NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
MEMORY = re.compile(rf"({NUMBER.pattern})([KMGTPE]?)", re.ASCII)
COUNTED = re.compile(r"cpu|mem|node|gres/(gpu|shard|mps)(:.+)?", re.ASCII)
"""Resources that cost something; burst buffers, licences, energy and whatever else is not read."""


def parse_tres(text: str) -> dict[str, float]:
    """Trackable resources of an allocation that cost something; memory in MiB.

    Raises :exc:`ValueError` for one of them with an amount that is none.

    >>> parse_tres("bb/datawarp=20G,cpu=4,mem=2G,node=1,gres/gpu=2")
    {'cpu': 4.0, 'mem': 2048.0, 'node': 1.0, 'gres/gpu': 2.0}
    """
    pairs = (part.rpartition("=") for part in text.split(",") if part)
    return {
        name: _mib(count) if name == "mem" else _count(name, count)
        for name, _, count in pairs
        if COUNTED.fullmatch(name)
    }


def _mib(text: str) -> float:
    match = MEMORY.fullmatch(text)
    if match is None:
        message = f"{text!r} is no amount of memory"
        raise ValueError(message)
    return float(match[1]) * MIB_OF_SUFFIX[match[3] or "M"]


def _count(name: str, text: str) -> float:
    """Slurm writes units behind memory only; a count with one is nothing that we know."""
    if not NUMBER.fullmatch(text):
        message = f"{name}={text} is no number"
        raise ValueError(message)
    return float(text)


def nodes_held(resources: Mapping[str, float], node_class: NodeClass) -> float:
    """How many whole nodes an allocation is worth: the largest of its shares.

    Its number of nodes bounds nothing: shares of many nodes may add up to one.
    """
    shares = [resources.get("cpu", 0.0) / node_class.cpus, resources.get("mem", 0.0) / node_class.memory_mib]
    if node_class.accelerators:
        shares.append(node_share(resources, node_class.accelerators))
    return max(shares)


def charge(facility: Facility, row: UsageRow) -> float | None:
    """Units that the allocations of a row cost.

    None if the facility does not know their partition, or an amount of theirs is no number.
    """
    meter, partition = meter_of_queue(facility, row.partition), charged_partition(facility, row.partition)
    if meter is None or partition is None:
        return None
    node_class = facility.class_of(partition)
    try:
        resources = parse_tres(row.allocated)
    except ValueError:
        return None
    nodes = nodes_held(resources, node_class) if node_class else resources.get("node", 0.0)
    mode = facility.access_modes.get(row.access_mode)
    factor = mode.usage_factor if mode else 1.0
    return nodes * row.seconds / S_PER_HOUR * meter.units_per_node_hour * factor
