"""What every check of an antenna has in common: it runs where the user sits."""

import shlex

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


class AccessCheck(MillwrightCheck, rfm.RunOnlyRegressionTest):
    """Runs where the user is, so a harness inside the factory leaves it out (``-T access``)."""

    valid_prog_environs = ["builtin"]
    executable = "python3"
    probe_parts = ["antenna_probe.py"]

    @run_before("run")
    def set_configuration(self):
        """The user's own OpenSSH configuration, and no other."""
        self.env_vars["MILLWRIGHT_SSH_CONFIG"] = shlex.quote(self.current_partition.extras["ssh_config"])
