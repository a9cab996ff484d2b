"""Everything that a cluster said of itself, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from millwright.core.errors import BadInputError, Problem
from millwright.discovery.accelerators import Device, parse_nvidia_smi
from millwright.discovery.accounting import Association, Qos, parse_associations, parse_qos
from millwright.discovery.addresses import is_address, parse_hosts, parse_inventory
from millwright.discovery.availability import OutOfService, parse_availability, parse_grouped_nodes
from millwright.discovery.nodes import Node, parse_nodes_json, parse_nodes_text
from millwright.discovery.processors import parse_lscpu
from millwright.discovery.settings import FoundPartition, controllers, parse_config, parse_partitions
from millwright.discovery.sources import NEEDED
from millwright.discovery.topology import FoundBlock, FoundSwitch, parse_blocks, parse_topology


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster as it describes itself."""

    config: Mapping[str, str]
    nodes: tuple[Node, ...]
    partitions: tuple[FoundPartition, ...]
    qos: tuple[Qos, ...]
    associations: tuple[Association, ...]
    addresses: Mapping[str, str]
    processors: Mapping[str, int]
    """What ``lscpu`` says of the asked host."""
    virtualisation: str
    asked_host: str
    devices: tuple[Device, ...]
    """Accelerators, as the driver of the asked host gives them."""
    out_of_service: tuple[OutOfService, ...]
    switches: tuple[FoundSwitch, ...]
    blocks: tuple[FoundBlock, ...] = ()
    user: str = ""
    """Who asked; empty where it is not known."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The answers themselves, for remarks on what is read from none of their keys."""


def read_cluster(texts: Mapping[str, str], inventory: str = "") -> Cluster:
    """Read captured answers by file name, and the output of ``ansible-inventory --list`` if there is one.

    Raises :exc:`BadInputError` naming every answer without which nothing can be said.
    """
    config = parse_config(texts.get("scontrol-config.txt", ""))
    nodes = _nodes(texts)
    partitions = parse_partitions(texts.get("scontrol-partitions.txt", ""))
    understood = dict(zip(NEEDED, (bool(config.get("ClusterName")), bool(partitions)), strict=True))
    understood["scontrol-nodes.json, scontrol-nodes.txt or sinfo.json"] = bool(nodes)
    missing = [name for name, found in understood.items() if not found]
    if missing:
        expected = "what millwright facility discover --print-commands names"
        raise BadInputError(
            Problem(name, "-", "missing or not understood", expected, code="MW8005") for name in missing
        )
    known = {node.name: node.address for node in nodes if is_address(node.address)}
    known |= {host: address for host, address in controllers(config) if is_address(address)}
    addresses = {**parse_hosts(texts.get("hosts.txt", "")), **known, **parse_inventory(inventory)}
    return Cluster(
        config=config,
        nodes=nodes,
        partitions=partitions,
        qos=parse_qos(texts.get("sacctmgr-qos.txt", "")),
        associations=parse_associations(texts.get("sacctmgr-associations.txt", "")),
        addresses=addresses,
        processors=parse_lscpu(texts.get("lscpu.json", "")),
        virtualisation=texts.get("virtualisation.txt", "").strip(),
        asked_host=texts.get("hostname.txt", "").strip(),
        devices=parse_nvidia_smi(texts.get("nvidia-smi.xml", "")),
        out_of_service=parse_availability(texts.get("sinfo.json", "")),
        switches=parse_topology(texts.get("scontrol-topology.txt", "")),
        blocks=parse_blocks(texts.get("scontrol-topology.txt", "")),
        user=texts.get("user.txt", "").strip(),
        texts=dict(texts),
    )


def _nodes(texts: Mapping[str, str]) -> tuple[Node, ...]:
    """Nodes from the answer that says most of them, with what only another answer says of them.

    Slurm before 23.02 prints nodes where sinfo is asked.
    """
    sinfo = texts.get("sinfo.json", "")
    answers = (
        parse_nodes_json(texts.get("scontrol-nodes.json", "")),
        parse_nodes_text(texts.get("scontrol-nodes.txt", "")),
        parse_nodes_json(sinfo),
        parse_grouped_nodes(sinfo),
    )
    found: dict[str, Node] = {}
    for answer in answers:
        for node in answer:
            known = found.setdefault(node.name, node)
            partitions = tuple(dict.fromkeys((*known.partitions, *node.partitions)))
            found[node.name] = replace(known, partitions=partitions)
    return tuple(found.values())
