"""What can only be judged between the values of a facility."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator

from millwright.core.claims import SourceKind
from millwright.core.frozen import Finding
from millwright.core.node_sets import NodeSetError, expand, fold
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.facility.topics.accelerators import find_accelerator_problems
from millwright.facility.topics.access import find_access_problems
from millwright.facility.topics.blocks import find_block_problems
from millwright.facility.topics.contract import find_contract_problems
from millwright.facility.topics.directory import find_directory_problems
from millwright.facility.topics.entry import find_entry_problems
from millwright.facility.topics.metering import find_metering_problems
from millwright.facility.topics.placement import find_placement_problems
from millwright.facility.topics.queues import find_queue_problems
from millwright.facility.topics.rollout import find_rollout_problems
from millwright.facility.topics.services import find_service_problems
from millwright.facility.topics.slurm_settings import find_setting_problems, find_slurm_problems
from millwright.facility.topics.storage import find_storage_problems
from millwright.facility.topics.trust import find_trust_problems
from millwright.facility.topics.virtual import find_virtual_problems


def _addresses(facility: Facility) -> Iterator[Finding]:
    network = ipaddress.IPv4Network(facility.network.cidr) if facility.network else None
    seen: Counter[str] = Counter()
    hosts: Counter[str] = Counter()
    gateways = {antenna.gateway for antenna in facility.antennas.values()}
    elsewhere = gateways if facility.kind == "physical" else set()
    for host_set, address_set in facility.addresses.items():
        key = f"addresses.{host_set}"
        try:
            names, addresses = expand(host_set), expand(address_set)
        except NodeSetError:
            yield Finding(
                "MW1101",
                key,
                f"{address_set!r} is not an address or a folded set of addresses",
                "10.0.0.[21-22]",
            )
            continue
        if len(names) != len(addresses):
            yield Finding(
                "MW1102",
                key,
                f"{len(names)} hosts but {len(addresses)} addresses",
                "as many addresses as hosts",
            )
            continue
        hosts.update(names)
        for name, address in zip(names, addresses, strict=True):
            try:
                parsed = ipaddress.IPv4Address(address)
            except ValueError:
                yield Finding("MW1103", key, f"{address!r} is not an IPv4 address", "for example 10.0.0.21")
                continue
            seen[address] += 1
            if network and parsed not in network and name not in elsewhere:
                yield Finding("MW1104", key, f"{address} is outside {network}", f"an address in {network}")
    for address, count in seen.items():
        if count > 1:
            yield Finding("MW1105", "addresses", f"{address} is given to {count} hosts", "each address once")
    for host, count in hosts.items():
        if count > 1:
            yield Finding("MW1106", "addresses", f"{host} has {count} addresses", "each host once")


def _listed_hosts(facility: Facility) -> frozenset[str]:
    names: set[str] = set()
    for host_set in facility.addresses:
        names.update(expand(host_set))
    return frozenset(names)


def _hosts_have_addresses(facility: Facility) -> Iterator[Finding]:
    known = _listed_hosts(facility)
    needed: dict[str, str] = {}
    for name, partition in facility.partitions.items():
        if partition.scheduler == "slurm":
            needed |= dict.fromkeys(partition.node_names(), f"partitions.{name}.nodes")
    if facility.services:
        needed |= {host: f"services.{role}" for role, host in facility.services.pairs()}
    needed |= {antenna.gateway: f"antennas.{name}.gateway" for name, antenna in facility.antennas.items()}
    for host, key in needed.items():
        if host not in known:
            yield Finding("MW1107", key, f"{host} has no address", "an entry under addresses")


def _hosts_have_roles(facility: Facility) -> Iterator[Finding]:
    """A host that is nothing is a slip of the pen: no tool would ever touch it."""
    used = {node for partition in facility.partitions.values() for node in partition.node_names()}
    used |= facility.services.all_hosts() if facility.services else set()
    used |= {antenna.gateway for antenna in facility.antennas.values()}
    used |= {each.server for each in facility.storage.values() if each.server}
    for host_set in facility.addresses:
        if idle := [host for host in expand(host_set) if host not in used]:
            expected = "a node of a partition, a service, a gateway or a storage server; or no address"
            problem = f"{fold(idle)} has an address and no role"
            yield Finding("MW1018", f"addresses.{host_set}", problem, expected)


def _partitions(facility: Facility) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, partition in facility.partitions.items():
        if partition.node_class is None and partition.scheduler == "slurm":
            yield Finding(
                "MW1201",
                f"partitions.{name}.node_class",
                "missing although Slurm schedules it",
                "one of node_classes",
            )
        elif partition.node_class is not None and partition.node_class not in facility.node_classes:
            known, key = facility.node_classes, f"partitions.{name}.node_class"
            hint = did_you_mean(partition.node_class, known)
            problem = f"unknown node class {partition.node_class!r}"
            yield Finding("MW1203", key, problem, f"one of {', '.join(known)}{hint}")
        for node in partition.node_names():
            if node in owner:
                yield Finding(
                    "MW1202",
                    f"partitions.{name}.nodes",
                    f"{node} is in partition {owner[node]} too",
                    "each node once; queues may overlap",
                )
            owner.setdefault(node, name)
    if sum(partition.is_default for partition in facility.partitions.values()) > 1:
        yield Finding("MW1204", "partitions", "more than one default partition", "at most one")
    if not facility.services and any(p.scheduler == "slurm" for p in facility.partitions.values()):
        yield Finding(
            "MW1301",
            "services",
            "missing although a partition is scheduled by Slurm",
            "controller, database, login, harness",
        )


NODE_KEYS = (
    *("NodeName", "NodeHostname", "NodeAddr", "Sockets", "CoresPerSocket", "ThreadsPerCore", "CPUs"),
    *("RealMemory", "Feature", "Features", "Gres", "State"),
)
"""Parameters of nodes in slurm.conf that the facility describes by keys of its own."""


def _node_settings(facility: Facility) -> Iterator[Finding]:
    for name, node_class in facility.node_classes.items():
        yield from find_setting_problems(f"node_classes.{name}.settings", node_class.settings, NODE_KEYS)


def _antennas(facility: Facility) -> Iterator[Finding]:
    used: dict[str, str] = {}
    addresses = {a for text in facility.addresses.values() for a in _expand_or_nothing(text)}
    for name, antenna in facility.antennas.items():
        if antenna.factory != facility.name or not facility.services:
            yield Finding(
                "MW1501",
                f"antennas.{name}.factory",
                f"linked to {antenna.factory!r}, which is not a factory with a login node here",
                (f"{facility.name!r}, with services"),
            )
        if name in facility.partitions:
            yield Finding("MW1502", f"antennas.{name}", "a partition has the same name", "another name")
        if not antenna.users:
            yield Finding(
                "MW1503", f"antennas.{name}.users", "no user, so access can't be proved", "at least one user"
            )
        for side, address in (
            ("gateway", antenna.tunnel.gateway_address),
            ("factory", antenna.tunnel.factory_address),
        ):
            if address in addresses:
                yield Finding(
                    "MW1504",
                    f"antennas.{name}.tunnel.{side}_address",
                    f"{address} is a host's address",
                    "an address of its own",
                )
            if side == "gateway" and address in used:
                yield Finding(
                    "MW1505",
                    f"antennas.{name}.tunnel",
                    f"{address} belongs to antenna {used[address]}",
                    "each address once",
                )
            used.setdefault(address, name)


def _gateways(facility: Facility) -> Iterator[Finding]:
    owned = {node: f"partition {name}" for name, p in facility.partitions.items() for node in p.node_names()}
    if facility.services:
        owned |= {host: f"service {role}" for role, host in facility.services.pairs()}
    for name, antenna in facility.antennas.items():
        if antenna.gateway in owned:
            problem = f"{antenna.gateway} is {owned[antenna.gateway]} too"
            yield Finding(
                "MW1506", f"antennas.{name}.gateway", problem, "a host of its own: two tools would own it"
            )
        owned.setdefault(antenna.gateway, f"gateway of antenna {name}")


def _expand_or_nothing(text: str) -> tuple[str, ...]:
    try:
        return expand(text)
    except NodeSetError:
        return ()


def _commitments(facility: Facility) -> Iterator[Finding]:
    groups = {f"partitions.{n}": p.checks for n, p in facility.partitions.items()}
    groups |= {f"antennas.{n}": a.checks for n, a in facility.antennas.items()}
    for owner, checks in groups.items():
        for check, metrics in checks.items():
            for metric, commitment in metrics.items():
                if commitment is not None and commitment.kind is SourceKind.MEMORY:
                    key = f"{owner}.checks.{check}.{metric}.kind"
                    yield Finding(
                        "MW1701",
                        key,
                        "a value from memory is never a reference",
                        "read, secondary or derived",
                    )


RULES: tuple[Callable[[Facility], Iterator[Finding]], ...] = (
    _addresses,
    _hosts_have_addresses,
    _hosts_have_roles,
    _partitions,
    _node_settings,
    find_slurm_problems,
    _antennas,
    _gateways,
    _commitments,
    find_queue_problems,
    find_placement_problems,
    find_block_problems,
    find_accelerator_problems,
    find_service_problems,
    find_rollout_problems,
    find_access_problems,
    find_storage_problems,
    find_metering_problems,
    find_virtual_problems,
    find_trust_problems,
    find_directory_problems,
    find_contract_problems,
    find_entry_problems,
)


def find_inconsistencies(facility: Facility) -> tuple[Finding, ...]:
    """Everything that contradicts itself in a facility; empty if it is consistent."""
    return tuple(finding for rule in RULES for finding in rule(facility))
