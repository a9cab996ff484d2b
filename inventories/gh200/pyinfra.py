"""pyinfra's inventory: the gateways of the facility beside this file.

Example: pyinfra inventories/rack/pyinfra.py antennas/deploy.py
"""

from pathlib import Path

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.core.places import state_folder
from millwright.facility import load_facility

_facility = load_facility(Path(__file__).with_name("facility.yaml"))
globals().update(pyinfra_groups(_facility, state_folder(_facility.name)))
