"""Puts what the product needs besides its modules into the wheel, laid out below ``data/`` as in a checkout.

Each shipped facility is named: a description that somebody keeps in a checkout must not travel.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = "millwright/data"
CARRIED = (
    "ansible.cfg",
    "antennas",
    "inventories/catalogue",
    "inventories/facility.schema.json",
    "inventories/gh200",
    "inventories/lighthouse",
    "inventories/plugins",
    "inventories/pyinfra.py",
    "inventories/rack",
    "inventories/references",
    "inventories/workstation",
    "playbooks",
    "pyproject.toml",
    "reframe_checks",
    "reports",
    "requirements.lock",
)


class WheelData(BuildHookInterface[Any]):
    """Hatch's hook; an editable install finds everything in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders and files; hatch leaves caches of Python out by itself."""
        if version == "editable":
            return
        for name in CARRIED:
            build_data["force_include"][str(Path(self.root) / name)] = f"{DATA}/{name}"
