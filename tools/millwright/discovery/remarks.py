"""Remarks on what Slurm says of nodes and answers, and no key of a facility holds."""

from collections.abc import Callable, Mapping

from millwright.core.slurm_text import read_lines
from millwright.discovery.availability import OUT
from millwright.discovery.classes import FoundClass
from millwright.discovery.cluster import Cluster
from millwright.discovery.node_sets import Remarks, folded
from millwright.discovery.topology import topology_remarks

HEADS: Mapping[str, tuple[str, str]] = {
    "scontrol-nodes.txt": ("NodeName", "node_classes"),
    "scontrol-partitions.txt": ("PartitionName", "partitions"),
}


def remark_nodes(classes: tuple[FoundClass, ...], unknown: Remarks) -> None:
    """What a class's nodes have that is neither described nor kept; equal remarks once, with all nodes."""
    for found in classes:
        texts: dict[str, list[str]] = {}
        for node in found.nodes:
            for text in (*node.remarks, *(f"resource {each} is not described" for each in node.other_gres)):
                texts.setdefault(text, []).append(node.name)
        for text, nodes in texts.items():
            unknown(f"node_classes.{found.name}", f"{folded(nodes)}: {text}")


def remark_lines(cluster: Cluster, unknown: Remarks) -> None:
    """Lines of answers that are of another form."""
    for name, (first, key) in HEADS.items():
        for line in read_lines(cluster.texts.get(name, ""), first)[1]:
            unknown(key, f"{name}: a line that is not understood: {line[:200]}")
    topology_remarks(cluster.texts.get("scontrol-topology.txt", ""), unknown)


def remark_states(cluster: Cluster, say: Callable[[tuple[str, ...], str, str], None]) -> None:
    """Nodes that are out of service by the text form, for an answer of sinfo that does not say so."""
    known = {node for group in cluster.out_of_service for node in group.nodes}
    groups: dict[tuple[str, str], list[str]] = {}
    for line in read_lines(cluster.texts.get("scontrol-nodes.txt", ""), "NodeName")[0]:
        state, name = line.get("State").upper(), line.values["NodeName"]
        if name not in known and OUT & {word.rstrip("*$@^!%#~-") for word in state.split("+")}:
            groups.setdefault((state, line.free.get("Reason", "")), []).append(name)
    for (state, reason), nodes in groups.items():
        say(tuple(nodes), state, reason)
