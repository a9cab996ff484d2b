"""Access through an antenna, as its user has it."""

import reframe as rfm

from .user_side import AccessCheck


@rfm.simple_test
class AntennaAccess(AccessCheck):
    """Login, round trip and throughput."""

    descr = "login, round trip and throughput through the gateway of an antenna"
    valid_systems = ["+antenna"]
    probe = "antenna_probe.py"
    executable_opts = ["antenna_probe.py"]
