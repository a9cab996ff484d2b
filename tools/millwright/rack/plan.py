"""What a rack consists of, derived from its facility: pure data that every other module reads."""

import hashlib
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility

MAX_INTERFACE_NAME = 15  # the kernel's IFNAMSIZ without the closing zero
BRIDGE_PREFIX = "mw-"


@dataclass(frozen=True, slots=True)
class RackNode:
    """One node of the rack."""

    name: str
    address: str
    core: int | None
    """Host core that the node's processes are kept on; None if they may run anywhere."""


@dataclass(frozen=True, slots=True)
class RackPlan:
    """Names, addresses and folders of one rack."""

    name: str
    domain: str
    bridge: str
    gateway: str
    """The host's own address on the bridge, where packages and wheels are served."""
    prefix_length: int
    nodes: tuple[RackNode, ...]
    emulates_riscv: bool
    needs_tun: bool
    ssh_user: str
    state: Path
    cache: Path
    release: str = "trixie"
    """Debian's release on all nodes."""

    @property
    def network(self) -> ipaddress.IPv4Network:
        """The rack's own subnet."""
        return ipaddress.IPv4Network(f"{self.gateway}/{self.prefix_length}", strict=False)

    @property
    def mirror_url(self) -> str:
        """Where the nodes find the Debian archive."""
        return f"http://{self.gateway}/debian"

    @property
    def wheels_url(self) -> str:
        """Where the nodes find Python packages and their lock."""
        return f"http://{self.gateway}/wheels/"

    @property
    def shared(self) -> Path:
        """The host folder that every node sees as ``/shared``."""
        return self.state / "shared"

    @property
    def wheels(self) -> Path:
        """A link to the current wheelhouse, which the mirror serves."""
        return self.state / "run" / "wheels"

    @property
    def journal(self) -> Path:
        """Where everything that has to be undone is written down."""
        return self.state / "journal.jsonl"

    @property
    def ssh_config(self) -> Path:
        """The OpenSSH client configuration that reaches every node."""
        return self.state / "ssh_config"

    def node(self, name: str) -> RackNode:
        """The node of that name; :exc:`BadInputError` lists the known ones."""
        for node in self.nodes:
            if node.name == name:
                return node
        known = [node.name for node in self.nodes]
        expected = f"one of {', '.join(known)}{did_you_mean(name, known)}"
        raise BadInputError([Problem(self.name, name, "no such node in the rack", expected, code="MW7001")])

    def digest(self) -> str:
        """Changes whenever running nodes would no longer fit the facility.

        Host cores are left out: they depend on the caller's own affinity.
        """
        nodes = [(node.name, node.address) for node in self.nodes]
        parts = (self.name, self.domain, self.bridge, str(self.network), self.ssh_user, nodes, self.release)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def bridge_name(facility_name: str) -> str:
    """Interface name that differs between facilities and fits the kernel's limit.

    >>> bridge_name("rack")
    'mw-rack'
    """
    name = BRIDGE_PREFIX + facility_name
    if len(name) <= MAX_INTERFACE_NAME:
        return name
    digest = hashlib.sha256(facility_name.encode()).hexdigest()[:6]
    return f"{name[: MAX_INTERFACE_NAME - 7]}-{digest}"


def _problems(facility: Facility) -> list[Problem]:
    found = []
    if facility.kind != "virtual":
        found.append(
            Problem(
                facility.name,
                "kind",
                f"{facility.kind} machines can't be started here",
                "virtual",
                code="MW7002",
            )
        )
    if facility.network is None:
        found.append(
            Problem(facility.name, "network", "missing", "cidr and domain of the rack", code="MW7003")
        )
    if not facility.addresses:
        found.append(
            Problem(facility.name, "addresses", "no host has an address", "at least one host", code="MW7004")
        )
    if found or facility.network is None:
        return found
    network = ipaddress.IPv4Network(facility.network.cidr)
    if network.num_addresses < 8:
        return [
            Problem(facility.name, "network.cidr", f"{network} is too small", "at least a /29", code="MW7005")
        ]
    reserved = {network[0]: "the network's", network[1]: "the host's own", network[-1]: "the broadcast"}
    for host, address in facility.host_addresses().items():
        owner = reserved.get(ipaddress.IPv4Address(address))
        if owner:
            text = f"{address} is {owner} address"
            found.append(
                Problem(
                    facility.name, f"addresses.{host}", text, f"{network[2]} to {network[-2]}", code="MW7006"
                )
            )
    return found


def _cores(facility: Facility, cores: Sequence[int]) -> dict[str, int]:
    """Give partition nodes a host core in turn, so that equal nodes do not fight over one."""
    if len(cores) < 2:
        return {}
    nodes = [node for partition in facility.partitions.values() for node in partition.node_names()]
    return {node: cores[index % len(cores)] for index, node in enumerate(nodes)}


def plan_rack(facility: Facility, cores: Sequence[int], state: Path, cache: Path) -> RackPlan:
    """Derive the rack of a virtual facility.

    ``cores`` are the host's usable cores. Raises :exc:`BadInputError` with everything that
    keeps the facility from being built as a rack.
    """
    problems = _problems(facility)
    if problems or facility.network is None:
        raise BadInputError(problems)
    network = ipaddress.IPv4Network(facility.network.cidr)
    pinned = _cores(facility, cores)
    return RackPlan(
        name=facility.name,
        domain=facility.network.domain,
        bridge=bridge_name(facility.name),
        gateway=str(network[1]),
        prefix_length=network.prefixlen,
        nodes=tuple(
            RackNode(name, address, pinned.get(name)) for name, address in facility.host_addresses().items()
        ),
        emulates_riscv=any(node.architecture == "riscv64" for node in facility.node_classes.values()),
        needs_tun=bool(facility.antennas),
        ssh_user=facility.ssh.user,
        state=state,
        cache=cache,
        release=facility.virtual.release if facility.virtual else "trixie",
    )
