"""How long no user meets an unknown host."""

import reframe as rfm
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaHostCertificate(AccessCheck):
    """How long no user meets an unknown host."""

    probe = "certificate_probe.py"
    executable_opts = ["certificate_probe.py"]
    env_vars = {"MILLWRIGHT_CERTIFICATES": "host"}
