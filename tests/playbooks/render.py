"""Render templates of roles with Ansible's own engine: ``render.py FACILITY HOST ROLE/TEMPLATE…``.

Runs in a process of its own, because Ansible reads its configuration when it is imported. Prints JSON.
"""

import json
import sys
from pathlib import Path

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from ansible.vars.manager import VariableManager

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"


def render(loader: DataLoader, variables: dict[str, object], name: str) -> str:
    """One template with its role's defaults under the variables of the host."""
    role, template = name.split("/")
    folder = PLAYBOOKS / "roles" / role
    defaults = loader.load_from_file(str(folder / "defaults/main.yml"), trusted_as_template=True)
    templar = Templar(loader, variables={**defaults, **variables})
    text = (folder / "templates" / template).read_text()
    return str(templar.template(trust_as_template(text), escape_backslashes=False))


def main(facility: str, host: str, *names: str) -> None:
    """Print a mapping of names to texts."""
    init_plugin_loader()
    loader = DataLoader()
    inventory = InventoryManager(loader, sources=[facility])
    found = inventory.get_host(host)
    assert found is not None, f"{facility} has no host {host}"
    variables = VariableManager(loader, inventory).get_vars(host=found)
    json.dump({name: render(loader, variables, name) for name in names}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
