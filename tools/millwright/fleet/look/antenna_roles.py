"""The factory's side of the antennas, by a look at the login node where it converged before."""

from datetime import datetime
from pathlib import Path

from millwright.adapters.ansible.events import ApplyResult
from millwright.adapters.ansible.inventory import build_inventory
from millwright.core.errors import ExitCode
from millwright.facility.model import Facility
from millwright.fleet.look.converge import converge_roles

ROLES = frozenset({"ssh_hosts", "ssh_trust", "antenna_peer"})
"""Roles of ``playbooks/antennas.yml``."""
GROUPS = ("login", "antenna_peer")
"""Groups of its hosts."""


def converge_factory_side(
    file: Path, facility: Facility, *, state: Path, now: datetime
) -> ApplyResult | None:
    """Bring what antennas need of the factory to its state; Ansible runs only if a look can't say that it is.

    None if its hosts have not converged before, or a role failed: then the play itself says why.
    """
    groups = build_inventory(facility, file).groups
    hosts = tuple(dict.fromkeys(host for group in GROUPS for host in groups[group]))
    found = converge_roles(file, facility, hosts, ROLES, state=state, now=now)
    return found if found and found.exit_code is ExitCode.OK else None
