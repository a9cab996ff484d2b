"""pyinfra's inventory: the gateways of the facility beside this file.

Example: pyinfra inventories/rack/pyinfra.py antennas/deploy.py
"""

from pathlib import Path

from millwright.facility import load_facility
from millwright.facility.places import state_folder
from millwright.readers.pyinfra_inventory import pyinfra_groups

_facility = load_facility(Path(__file__).with_name("facility.yaml"))
globals().update(pyinfra_groups(_facility, state_folder(_facility.name)))
