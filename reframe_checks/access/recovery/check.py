"""Cuts the tunnel for seconds, where the facility allows it."""

import shlex

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaRecovery(AccessCheck):
    """Cuts the tunnel for seconds, where the facility allows it."""

    probe = "recovery_probe.py"
    executable_opts = ["recovery_probe.py"]

    @run_before("run")
    def set_link_to_cut(self):
        """Nothing is handed over where the antenna may not be cut, and the probe says so."""
        extras = self.current_partition.extras
        if extras["may_be_cut"]:
            self.env_vars["MILLWRIGHT_ADMIN_SSH"] = shlex.quote(shlex.join(extras["admin_ssh"]))
            self.env_vars["MILLWRIGHT_ENDPOINT"] = shlex.quote(extras["endpoint"])
