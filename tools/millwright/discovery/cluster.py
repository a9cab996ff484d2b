"""Everything that a cluster said of itself, read once."""

from collections.abc import Mapping
from dataclasses import dataclass

from millwright.discovery.accounting import Association, Qos, parse_associations, parse_qos
from millwright.discovery.addresses import is_address, parse_hosts, parse_inventory
from millwright.discovery.nodes import Node, parse_nodes_json, parse_nodes_text
from millwright.discovery.processors import parse_lscpu
from millwright.discovery.settings import FoundPartition, controllers, parse_config, parse_partitions
from millwright.discovery.sources import NEEDED
from millwright.errors import BadInputError, Problem


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
    accelerator_names: tuple[str, ...]
    """Product names, as the driver of the asked host gives them."""


def read_cluster(texts: Mapping[str, str], inventory: str = "") -> Cluster:
    """Read captured answers by file name, and the output of ``ansible-inventory --list`` if there is one.

    Raises :exc:`BadInputError` naming every answer without which nothing can be said.
    """
    config = parse_config(texts.get("scontrol-config.txt", ""))
    nodes = parse_nodes_json(texts.get("scontrol-nodes.json", "")) or parse_nodes_text(
        texts.get("scontrol-nodes.txt", "")
    )
    partitions = parse_partitions(texts.get("scontrol-partitions.txt", ""))
    understood = dict(zip(NEEDED, (bool(config.get("ClusterName")), bool(partitions)), strict=True))
    understood["scontrol-nodes.json or scontrol-nodes.txt"] = bool(nodes)
    missing = [name for name, found in understood.items() if not found]
    if missing:
        expected = "what millwright facility discover --print-commands names"
        raise BadInputError(Problem(name, "-", "not there, or not understood", expected) for name in missing)
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
        accelerator_names=tuple(dict.fromkeys(filter(None, texts.get("nvidia-smi.txt", "").splitlines()))),
    )
