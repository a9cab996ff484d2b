"""Bring a tree to the state of a partition's nodes, with the playbooks that ``apply`` uses."""

import shlex
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.ansible.inventory import AnsibleInventory
from millwright.adapters.ansible.playbook import new_log, playbook_argv, run_playbook
from millwright.adapters.ansible.stored_inventory import Narrowing, write_inventory
from millwright.core.errors import FailedError
from millwright.images.first_boot import WITHOUT


def image_options(node: str) -> ApplyOptions:
    """What Ansible is told: everything of the node, but what needs a host that lives."""
    return ApplyOptions(limit=(node,), skipped_tags=WITHOUT, variables={"host_is_live": False})


def entered_through(inventory: AnsibleInventory, node: str, ssh_config: Path) -> AnsibleInventory:
    """The inventory in which the tree takes the place of a node, with another way to it."""
    narrowed = Narrowing(inventory).to([node])
    way = {
        "ansible_host": node,
        "ansible_user": "root",
        "ansible_ssh_common_args": f"-F {shlex.quote(str(ssh_config))}",
    }
    return replace(narrowed, host_vars={**narrowed.host_vars, node: {**narrowed.host_vars[node], **way}})


def provision(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    inventory: AnsibleInventory,
    node: str,
    ssh_config: Path,
    *,
    state: Path,
    lock: int,
    now: datetime,
    on_event: Callable[[Event], None],
) -> ApplyResult:
    """Run a node's roles on the tree behind ``ssh_config``; :exc:`FailedError` names what went wrong."""
    log = new_log(state, now)
    stored = log.with_suffix(".inventory.json")
    write_inventory(entered_through(inventory, node, ssh_config), stored)
    try:
        result = run_playbook(playbook_argv(file, image_options(node)), log, lock, on_event, inventory=stored)
    finally:
        stored.unlink(missing_ok=True)
    if result.exit_code:
        messages = (
            "; ".join(f"{failure.task}: {failure.message}" for failure in result.failures) or "Ansible failed"
        )
        raise FailedError(
            f"the roles did not reach their state in the image: {messages}\nThe log is {log}", code="MW7506"
        )
    return result
