"""Which hosts of a facility ``millwright doctor`` can enter, and why it can't enter the others."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from millwright.adapters.ansible.inventory import build_inventory
from millwright.core.places import as_typed
from millwright.facility.model import Facility
from millwright.facility.topics.reach import Reach
from millwright.fleet.look.finding import HostLook, Order
from millwright.fleet.look.over_ssh import look_at_hosts

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class HostReach:
    """One host, and why it can't be entered."""

    name: str
    reason: str = ""
    """Empty if it was entered."""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A facility seen from this machine."""

    facility: str
    is_virtual: bool
    runs_here: bool
    """A partition is this machine itself."""
    has_antennas: bool
    gateways: tuple[str, ...]
    hosts: tuple[HostReach, ...]
    """Every host that commands enter; gateways that are reached by bundles alone are not among them."""


def look_at_site(file: Path, facility: Facility) -> Site:
    """Try to enter every host of a facility, at most 32 at a time; nothing on them is changed."""
    inventory = build_inventory(facility, file)
    gateways = {a.gateway: a.reached_by for a in facility.antennas.values()}
    entered = {name: {"ansible_host": _target(facility, name)} for name in gateways}
    inventory = replace(inventory, host_vars={**inventory.host_vars, **entered})
    by_bundle = {name for name, reach in gateways.items() if reach is Reach.BUNDLE}
    here = {
        host
        for partition in facility.partitions.values()
        if partition.scheduler == LOCAL
        for host in partition.node_names()
    }
    names = [host for host in inventory.host_vars if host not in by_bundle | here]
    looks = look_at_hosts(facility, inventory, {name: Order(()) for name in names}, key=b"")
    is_virtual = facility.kind == "virtual"
    return Site(
        facility.name,
        is_virtual,
        bool(here),
        bool(facility.antennas),
        tuple(gateways),
        tuple(
            judge_reach(looks[name], facility, as_typed(file), needs_python=name not in gateways)
            for name in names
        ),
    )


def judge_reach(look: HostLook, facility: Facility, typed: str, *, needs_python: bool) -> HostReach:
    """What a look says about reaching a host, and what to type: ``typed`` is the facility as one word."""
    if look.is_seen or (look.is_reached and not needs_python):
        return HostReach(look.host)
    if facility.kind == "virtual":
        return HostReach(look.host, look.reason, f"millwright rack up -f {typed}")
    config = ["-F", facility.ssh.config] if facility.ssh.config else []
    words = ["ssh", *config, "-l", facility.ssh.user, _target(facility, look.host)]
    return HostReach(look.host, look.reason, shlex.join(words))


def _target(facility: Facility, host: str) -> str:
    """What ssh is given: a configuration of the site's knows hosts by name."""
    return host if facility.ssh.config else facility.host_addresses().get(host, host)
