"""Access through an antenna, as its user has it."""

import reframe as rfm
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaAccess(AccessCheck):
    """Login, round trip and throughput."""

    probe = "antenna_probe.py"
    executable_opts = ["antenna_probe.py"]
