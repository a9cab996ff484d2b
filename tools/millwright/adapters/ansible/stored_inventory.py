"""The inventory of one run, written once by the command for the Ansible that it starts.

Ansible would read and check the whole facility again in each wave, and keep every node of it. A wave of nodes
needs its own nodes and the hosts of services: all that a role must know of other nodes is in variables.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from millwright.adapters.ansible.inventory import AnsibleInventory
from millwright.core.json_text import load_json

VARIABLE = "MILLWRIGHT_INVENTORY"
"""Environment variable that names the file; the inventory plugin looks for it."""


class Narrowing:
    """An inventory from which each wave gets its own, in time that grows with the wave alone."""

    def __init__(self, inventory: AnsibleInventory) -> None:
        self._whole = inventory
        self._scheduled = frozenset(inventory.groups["scheduled"])
        away = self._scheduled - _services(inventory)
        self._groups = {
            group: tuple(host for host in hosts if host not in away)
            for group, hosts in inventory.groups.items()
        }
        self._host_vars = {host: found for host, found in inventory.host_vars.items() if host not in away}
        self._groups_of: dict[str, list[str]] = {host: [] for host in away}
        for group, hosts in inventory.groups.items():
            for host in hosts:
                if host in away:
                    self._groups_of[host].append(group)

    def to(self, hosts: Iterable[str]) -> AnsibleInventory:
        """What a run on ``hosts`` needs: every group, but of the scheduled nodes only those of the run.

        A run that takes a host of a service along needs every node: Prometheus is told all of them.
        """
        chosen = dict.fromkeys(hosts)
        if not chosen.keys() <= self._scheduled or len(chosen) == len(self._scheduled):
            return self._whole
        own = [host for host in chosen if host in self._groups_of]
        members: dict[str, list[str]] = {}
        for host in own:
            for group in self._groups_of[host]:
                members.setdefault(group, []).append(host)
        groups = {group: (*kept, *members.get(group, ())) for group, kept in self._groups.items()}
        variables = {host: self._whole.host_vars[host] for host in own}
        return AnsibleInventory(groups, {**self._host_vars, **variables}, self._whole.variables)


def _services(inventory: AnsibleInventory) -> frozenset[str]:
    """Hosts that serve something; one of them may be a node as well."""
    found = inventory.variables.get("facility_service_hosts")
    services = found if isinstance(found, list) else ()
    return frozenset(service["host"] for service in services)


def write_inventory(inventory: AnsibleInventory, path: Path) -> None:
    """Write an inventory for its owner's eyes only; a file that is there already is refused."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        named = ("groups", "host_vars", "variables")
        json.dump({name: getattr(inventory, name) for name in named}, file, separators=(",", ":"))


def read_inventory(path: Path) -> AnsibleInventory:
    """What :func:`write_inventory` wrote."""
    found = load_json(path.read_text(encoding="utf-8"))
    groups = {group: tuple(hosts) for group, hosts in found["groups"].items()}
    return AnsibleInventory(groups, found["host_vars"], found["variables"])


def inventory_for(file: Path, stored: str) -> AnsibleInventory | None:
    """The stored inventory where it is one of ``file``; None if nothing or another one was stored."""
    if not stored:
        return None
    found = read_inventory(Path(stored))
    return found if found.variables["facility_file"] == str(file.resolve()) else None
