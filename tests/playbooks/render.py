"""Render templates of roles with Ansible's own engine: ``render.py FACILITY HOST NAME…``.

A name is ``ROLE/TEMPLATE``, ``ROLE/TEMPLATE*LIST`` for one that is rendered for each item of a list,
or ``ROLE:VARIABLE``.

Runs in a process of its own, because Ansible reads its configuration when it is imported. Prints JSON.
What the host would say of itself is the JSON in ``RENDER_FACTS``, and what earlier tasks would have
registered the JSON in ``RENDER_REGISTERED``; without them, what a host with Debian 13 would say.
"""

import json
import os
import sys
from pathlib import Path

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from ansible.vars.manager import VariableManager

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


DEBIAN_13 = {
    "architecture": "x86_64",
    "distribution": "Debian",
    "distribution_major_version": "13",
    "distribution_version": "13.1",
    "os_family": "Debian",
}
ASKED_ON_DEBIAN_13 = {"ssh_trust_sshd": {"stdout": "persourcepenaltyexemptlist none\n"}}


def render(loader: DataLoader, variables: dict[str, object], name: str) -> object:
    """A template or variable with its role's own variables and defaults around those of the host."""
    name, _, items = name.partition("*")
    role, _, template = name.partition("/")
    role, _, variable = role.partition(":")
    folder = PLAYBOOKS / "roles" / role
    defaults, own = (
        loader.load_from_file(str(path), trusted_as_template=True) if path.exists() else {}
        for path in (folder / "defaults/main.yml", folder / "vars/main.yml")
    )
    templar = Templar(loader, variables={**defaults, **variables, **own, "role_path": str(folder)})
    if variable:
        return templar.template(trust_as_template("{{ " + variable + " }}"))
    text = trust_as_template((folder / "templates" / template).read_text())
    if not items:
        return str(templar.template(text, escape_backslashes=False))
    rendered = []
    for item in templar.template(trust_as_template("{{ " + items + " }}")):
        templar.available_variables = {**templar.available_variables, "item": item}
        rendered.append(str(templar.template(text, escape_backslashes=False)))
    return rendered


def main(facility: str, host: str, *names: str) -> None:
    """Print a mapping of names to texts."""
    init_plugin_loader()
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[facility])
    found = inventory.get_host(host)
    assert found is not None, f"{facility} has no host {host}"
    every = loader.load_from_file(str(PLAYBOOKS / "group_vars/all.yml"), trusted_as_template=True)
    facts = {"ansible_facts": json.loads(os.environ.get("RENDER_FACTS", "null")) or DEBIAN_13}
    registered = json.loads(os.environ.get("RENDER_REGISTERED", "null")) or ASKED_ON_DEBIAN_13
    variables = every | VariableManager(loader, inventory).get_vars(host=found) | facts | registered
    json.dump({name: render(loader, variables, name) for name in names}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
