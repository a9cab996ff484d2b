"""A facility as Ansible's groups, hosts and variables: plain data, without importing Ansible.

Everything that a template needs to know of *other* hosts is in the variables of the group
``all``, so that no play has to ask those hosts and ``--limit`` is always safe.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from millwright.adapters.ansible.directory import directory_groups, find_ca_problems
from millwright.adapters.ansible.monitoring import monitoring_groups
from millwright.adapters.ansible.software import software_groups
from millwright.adapters.ansible.variables import facility_variables, known_roles
from millwright.catalogue.catalogue import load_catalogue
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.facility.load import contradictions, load_by_rules
from millwright.facility.model import Facility, NodeClass
from millwright.facility.unix_users import find_user_problems

SERVICES = (
    "controller",
    "backup_controller",
    "database",
    "backup_database",
    "rest",
    "login",
    "harness",
    "monitoring",
)
CROSS_COMPILED = ("aarch64", "riscv64")
"""Architectures that a harness of another one builds for."""
VENDORS = {"NVIDIA": "accelerated_nvidia", "AMD": "accelerated_amd"}
"""Groups of nodes whose accelerators have a driver of their maker."""


@dataclass(frozen=True, slots=True)
class AnsibleInventory:
    """Groups with their hosts, variables of single hosts, variables of all hosts."""

    groups: Mapping[str, tuple[str, ...]]
    host_vars: Mapping[str, Mapping[str, object]]
    variables: Mapping[str, object]

    def hosts(self) -> tuple[str, ...]:
        """Every host once, in the order of the groups."""
        return tuple(dict.fromkeys(host for hosts in self.groups.values() for host in hosts))


def build_inventory(facility: Facility, file: Path) -> AnsibleInventory:
    """Translate a facility that was read from ``file``.

    Raises :exc:`BadInputError` with every problem that would mislead Ansible.
    """
    if problems := find_inventory_problems(facility, file):
        raise BadInputError(problems)
    groups = _groups(facility)
    return AnsibleInventory(groups, _host_vars(facility, groups), _variables(facility, file))


def load_for_ansible(file: Path) -> Facility:
    """Load a facility by the rules of the facility and of Ansible at once.

    Raises :exc:`BadInputError` with everything that either of them refuses, in one list.
    """
    return load_by_rules(file, lambda facility: find_facility_problems(facility, file))


def find_facility_problems(facility: Facility, file: Path) -> list[Problem]:
    """Everything that contradicts itself or would mislead Ansible."""
    return [*contradictions(facility, file), *find_inventory_problems(facility, file)]


def find_inventory_problems(facility: Facility, file: Path) -> list[Problem]:
    """Everything that would mislead Ansible; also of a facility that contradicts itself elsewhere."""
    return [
        *find_user_problems(facility, file),
        *find_ca_problems(facility, file),
        *_find_problems(facility, _groups(facility), file),
    ]


def _groups(facility: Facility) -> dict[str, tuple[str, ...]]:
    services = facility.services.hosts() if facility.services else {}
    partitions = {name: partition.node_names() for name, partition in facility.partitions.items()}
    scheduled = [
        node
        for name, nodes in partitions.items()
        if facility.partitions[name].scheduler == "slurm"
        for node in nodes
    ]
    serving = (host for hosts in services.values() for host in hosts)
    hardware = _hardware_groups(facility, partitions)
    groups = {
        "managed": tuple(dict.fromkeys([*serving, *scheduled])),
        **{service: services.get(service, ()) for service in SERVICES},
        "nodes": tuple(node for nodes in partitions.values() for node in nodes),
        "scheduled": tuple(scheduled),
        **{f"partition_{name.replace('-', '_')}": nodes for name, nodes in partitions.items()},
        **hardware,
        **{f"cross_{name}": _cross_compilers(name, services, hardware) for name in CROSS_COMPILED},
        "antenna_peer": services["login"][:1] if services and facility.antennas else (),
        "gateways": tuple(dict.fromkeys(antenna.gateway for antenna in facility.antennas.values())),
    }
    return (
        groups
        | monitoring_groups(facility, groups)
        | software_groups(facility, groups)
        | directory_groups(facility, groups)
    )


def _hardware_groups(
    facility: Facility, partitions: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Groups by what the nodes are; an architecture has one where some node class is of it."""
    architectures = sorted({node_class.architecture for node_class in facility.node_classes.values()})
    names = (
        "accelerated",
        *VENDORS.values(),
        "emulated",
        *(f"architecture_{name}" for name in architectures),
    )
    groups: dict[str, list[str]] = {name: [] for name in names}
    for partition, nodes in partitions.items():
        for group in _hardware_of(facility.class_of(partition)):
            groups[group].extend(nodes)
    return {name: tuple(nodes) for name, nodes in groups.items()}


def _hardware_of(node_class: NodeClass | None) -> Iterator[str]:
    if node_class is None:
        return
    yield f"architecture_{node_class.architecture}"
    if node_class.accelerators:
        yield "accelerated"
        part = load_catalogue().accelerators.get(node_class.accelerators.part)
        if part and part.vendor in VENDORS:
            yield VENDORS[part.vendor]
    if node_class.emulated:
        yield "emulated"


def _cross_compilers(
    architecture: str, services: Mapping[str, tuple[str, ...]], hardware: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Hosts that build for another processor: the harness, and nodes that only emulate it."""
    nodes = hardware.get(f"architecture_{architecture}", ())
    harness = next(iter(services.get("harness", ())), None)
    if harness is None or not nodes:
        return ()
    own = [] if harness in nodes else [harness]
    return (*own, *(node for node in nodes if node in hardware["emulated"]))


def _host_vars(facility: Facility, groups: Mapping[str, tuple[str, ...]]) -> dict[str, dict[str, object]]:
    """How each host is reached.

    Nodes of a partition without a workload manager are this machine. Where an SSH configuration
    is named, it alone decides about addresses and host keys, and finds them by the host's name.
    """
    addresses = {} if facility.ssh.config else facility.host_addresses()
    local = set(groups["nodes"]) - set(groups["managed"])
    classes = _classes_of_accelerated(facility)
    return {
        host: (
            {"ansible_connection": "local"} if host in local else {"ansible_host": addresses.get(host, host)}
        )
        | ({"node_class": classes[host]} if host in classes else {})
        for host in dict.fromkeys(host for members in groups.values() for host in members)
    }


def _classes_of_accelerated(facility: Facility) -> dict[str, object]:
    """Name of the node class of each node with accelerators, whose driver must know what they are."""
    return {
        node: partition.node_class
        for name, partition in facility.partitions.items()
        if (node_class := facility.class_of(name)) and node_class.accelerators
        for node in partition.node_names()
    }


def _variables(facility: Facility, file: Path) -> dict[str, object]:
    ssh: dict[str, object] = {"ansible_user": facility.ssh.user}
    if facility.ssh.config:
        ssh["ansible_ssh_common_args"] = f"-F {shlex.quote(str(Path(facility.ssh.config).expanduser()))}"
    return ssh | facility_variables(facility, file)


def _find_problems(
    facility: Facility, groups: Mapping[str, tuple[str, ...]], file: Path
) -> Iterator[Problem]:
    for host in dict.fromkeys(host for hosts in groups.values() for host in hosts):
        # A host alone in the group of its own name is found by that name either way.
        if groups.get(host, (host,)) != (host,) or host in {"all", "ungrouped"}:
            text = f"host {host!r} has the name of a group of others"
            yield Problem(str(file), "addresses", text, "another host name", code="MW1108")
    ports = {antenna.tunnel.port for antenna in facility.antennas.values()}
    if len(ports) > 1:
        text = f"the factory listens on one port, but antennas name {', '.join(map(str, sorted(ports)))}"
        yield Problem(str(file), "antennas", text, "the same tunnel.port for every antenna", code="MW1515")
    config = Path(facility.ssh.config).expanduser() if facility.ssh.config else None
    if config and facility.kind == "physical" and not config.is_file():  # a rack's is written when it starts
        text = f"{facility.ssh.config!r} is not there, so no host could be reached"
        yield Problem(
            str(file), "ssh.config", text, "an OpenSSH client configuration, or no key", code="MW1019"
        )
    for role in facility.manages or ():
        if role not in known_roles():
            text = f"unknown role {role!r}"
            expected = f"one of {', '.join(known_roles())}{did_you_mean(role, known_roles())}"
            yield Problem(str(file), "manages", text, expected, code="MW1331")
    for name, node_class in facility.node_classes.items():
        if node_class.accelerators and not _is_known(node_class.accelerators.part):
            part = node_class.accelerators.part
            text = f"unknown part {part!r}"
            key = f"node_classes.{name}.accelerators.part"
            hint = did_you_mean(part, load_catalogue().accelerators)
            expected = f"a key of inventories/catalogue/accelerators.yaml{hint}"
            yield Problem(str(file), key, text, expected, code="MW1225")


def _is_known(part: str) -> bool:
    return part in load_catalogue().accelerators
