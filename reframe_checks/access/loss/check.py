"""What the factory must send again on its way to the user."""

import reframe as rfm
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaLoss(AccessCheck):
    """What the factory must send again on its way to the user."""

    probe = "loss_probe.py"
    executable_opts = ["loss_probe.py"]
