"""How long no user meets an unknown host."""

import reframe as rfm

from .user_side import AccessCheck


@rfm.simple_test
class AntennaHostCertificate(AccessCheck):
    """How long no user meets an unknown host."""

    descr = "time left of the host certificates of gateway and factory"
    valid_systems = ["+antenna"]
    probe = "certificate_probe.py"
    executable_opts = ["certificate_probe.py"]
    env_vars = {"MILLWRIGHT_CERTIFICATES": "host"}
