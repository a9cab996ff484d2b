"""pyinfra's inventory: the gateways of the facility that ``MILLWRIGHT_FACILITY`` names.

Example: MILLWRIGHT_FACILITY=my-site pyinfra inventories/pyinfra.py antennas/deploy.py
"""

import os

from millwright.adapters.pyinfra.inventory import pyinfra_groups
from millwright.core.places import facility_file, state_folder
from millwright.facility import load_facility

_facility = load_facility(facility_file(os.environ.get("MILLWRIGHT_FACILITY", "rack")))
globals().update(pyinfra_groups(_facility, state_folder(_facility.name)))
