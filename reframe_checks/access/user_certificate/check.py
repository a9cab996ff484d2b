"""How long the user can still log in."""

import reframe as rfm
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaUserCertificate(AccessCheck):
    """How long the user can still log in."""

    probe = "certificate_probe.py"
    executable_opts = ["certificate_probe.py"]
    env_vars = {"MILLWRIGHT_CERTIFICATES": "user"}
