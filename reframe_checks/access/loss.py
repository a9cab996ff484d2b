"""What the factory must send again on its way to the user."""

import reframe as rfm

from .user_side import AccessCheck


@rfm.simple_test
class AntennaLoss(AccessCheck):
    """What the factory must send again on its way to the user."""

    descr = "share of bytes that are sent again"
    valid_systems = ["+antenna"]
    probe = "loss_probe.py"
    executable_opts = ["loss_probe.py"]
