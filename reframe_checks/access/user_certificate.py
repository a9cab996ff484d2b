"""How long the user can still log in."""

import reframe as rfm

from .user_side import AccessCheck


@rfm.simple_test
class AntennaUserCertificate(AccessCheck):
    """How long the user can still log in."""

    descr = "time left of the user's certificate"
    valid_systems = ["+antenna"]
    probe = "certificate_probe.py"
    executable_opts = ["certificate_probe.py"]
    env_vars = {"MILLWRIGHT_CERTIFICATES": "user"}
