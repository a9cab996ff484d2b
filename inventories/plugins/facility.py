"""Ansible inventory plugin ``facility``: reads ``facility.yaml`` as it is."""

import os
from pathlib import Path

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin

DOCUMENTATION = """
name: facility
short_description: Reads the hosts of a Millwright facility
description:
  - Turns one C(facility.yaml) into groups, hosts and variables.
  - Its keys are described by C(inventories/facility.schema.json) and checked by C(millwright facility check).
  - "Groups of services: C(controller), C(backup_controller), C(database), C(backup_database), C(rest),
    C(login), C(harness)."
  - "Groups of nodes: C(nodes), C(scheduled) (by Slurm), C(partition_<name>), C(accelerated), C(emulated),
    C(architecture_<name>)."
  - C(managed) holds every host that the playbooks may change. C(gateways) belong to pyinfra, so no play
    targets them.
  - The variables C(facility_*) hold what templates need to know of other hosts. They are never templates
    themselves, whatever text stands in the file.
options:
  plugin:
    description: Marks a file as the input of this plugin.
    required: true
    choices: [facility]
"""

EXAMPLES = """
# ansible-inventory -i inventories/rack/facility.yaml --graph
plugin: facility
name: small
title: A small factory
kind: physical
partitions:
  local: {nodes: localhost, scheduler: local}
"""


class InventoryModule(BaseInventoryPlugin):  # type: ignore[misc]  # Ansible ships no hints
    """Groups, hosts and variables of one facility."""

    NAME = "facility"

    def verify_file(self, path: str) -> bool:
        """Accept ``facility.yaml`` and files whose name ends so."""
        return super().verify_file(path) and path.endswith(("facility.yaml", "facility.yml"))

    def parse(self, inventory: object, loader: object, path: str, cache: bool = True) -> None:
        """Fill the inventory; every problem of the file stands in the error."""
        super().parse(inventory, loader, path, cache)
        try:
            from millwright.adapters.ansible.inventory import build_inventory, load_for_ansible  # noqa: PLC0415
            from millwright.adapters.ansible.stored_inventory import VARIABLE, inventory_for  # noqa: PLC0415
            from millwright.core.errors import BadInputError  # noqa: PLC0415 - an absent package gets a clear message
        except ImportError as error:
            message = f"{error}; run Ansible from Millwright's own environment (in a checkout: .venv/bin)"
            raise AnsibleParserError(message) from error
        try:
            # The command stores what it has read and checked, so that no wave reads the facility again.
            found = inventory_for(Path(path), os.environ.get(VARIABLE, "")) or build_inventory(
                load_for_ansible(Path(path)), Path(path)
            )
        except BadInputError as error:
            raise AnsibleParserError(str(error)) from error
        for group, hosts in found.groups.items():
            self.inventory.add_group(group)
            for host in hosts:
                self.inventory.add_host(host, group)
        for name, value in found.variables.items():
            self.inventory.set_variable("all", name, value)
        for host, variables in found.host_vars.items():
            for name, value in variables.items():
                self.inventory.set_variable(host, name, value)
