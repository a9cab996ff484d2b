"""ReFrame's configuration of the facility that ``MILLWRIGHT_FACILITY`` names (``workstation`` unless set)."""

import os
import platform
import sys
from pathlib import Path

from reframe.utility import import_module_from_file

from millwright.adapters.reframe import settings as reframe_settings
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError
from millwright.core.places import facility_file, state_folder
from millwright.facility import load_facility
from millwright.verdicts.expectations import find_commitment_problems

import_module_from_file(str(Path(__file__).with_name("checkpoint.py"))).install(os.environ)

# ReFrame skips a check file that does not import with a warning, and exits with 0.
os.environ.setdefault("RFM_WARN_AS_ERROR", "1")

# Checks import what they share as reframe_checks.…, wherever they are themselves. At the end: while ReFrame
# loads this file it has added a folder itself, which it removes by its position.
sys.path.append(str(Path(__file__).resolve().parents[1]))

_file = facility_file(os.environ.get("MILLWRIGHT_FACILITY", "workstation"))
_facility, _registry = load_facility(_file), checks_for(_file)
if _problems := find_commitment_problems(_facility, str(_file), _registry):
    raise BadInputError(_problems)
site_configuration = reframe_settings.site_configuration(
    _facility,
    registry=_registry,
    harness_architecture=platform.machine(),
    state=state_folder(_facility.name),
    narrowing=reframe_settings.read_narrowing(os.environ),
)
