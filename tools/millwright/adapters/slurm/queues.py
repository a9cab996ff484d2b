"""Queues as lines of slurm.conf."""

from millwright.adapters.slurm.access import billing_weights
from millwright.core.node_sets import fold_for_slurm
from millwright.facility.model import Facility
from millwright.facility.topics.queues import FIELDS, Queue, charged_partition, partitions_below, queue_nodes
from millwright.facility.topics.slurm_settings import settings_text


def queue_lines(facility: Facility) -> list[dict[str, str]]:
    """Each queue with its ``PartitionName`` line; none for a facility without queues."""
    return [{"name": name, "line": _line(facility, name, queue)} for name, queue in facility.queues.items()]


def _line(facility: Facility, name: str, queue: Queue) -> str:
    words = {
        "PartitionName": name,
        "Nodes": fold_for_slurm(queue_nodes(facility, queue)),
        "Default": "YES" if queue.is_default else "NO",
        "MaxTime": "UNLIMITED" if queue.max_time_min == "unlimited" else str(queue.max_time_min),
    }
    if queue.default_time_min is not None:
        words["DefaultTime"] = str(queue.default_time_min)
    if queue.hidden:
        words["Hidden"] = "YES"
    for parameter, key in FIELDS.items():
        value = getattr(queue, key)
        if value not in {None, ()}:
            words[parameter] = ",".join(value) if isinstance(value, tuple) else str(value)
    if not any(key.lower() in {"defmempercpu", "defmempernode", "defmempergpu"} for key in queue.settings):
        words["DefMemPerCPU"] = str(_memory_per_cpu(facility, queue))
    charged = charged_partition(facility, name)
    if charged and (weights := billing_weights(facility, charged)):
        words["TRESBillingWeights"] = weights
    words["State"] = queue.state.upper()
    return " ".join(filter(None, (settings_text(words), settings_text(queue.settings))))


def _memory_per_cpu(facility: Facility, queue: Queue) -> int:
    """Memory of a job that asks for none, in MiB for each hardware thread: what every node can give."""
    classes = (facility.class_of(name) for name in partitions_below(facility, queue))
    return min((found.memory_mib // found.cpus for found in classes if found), default=0)
