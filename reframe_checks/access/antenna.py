"""Access through an antenna, as its user has it."""

import shlex

import reframe as rfm
from reframe.core.builtins import run_before

from ..plugin import MillwrightCheck


@rfm.simple_test
class AntennaAccess(MillwrightCheck, rfm.RunOnlyRegressionTest):
    """Runs where the user sits, so a harness inside the factory leaves it out (``-T access``)."""

    descr = "login, round trip and throughput through the gateway of an antenna"
    valid_systems = ["+antenna"]
    valid_prog_environs = ["builtin"]
    probe = "antenna_probe.py"
    executable = "python3"
    executable_opts = ["antenna_probe.py"]
    tags = {"access"}

    @run_before("run")
    def take_configuration(self):
        """The user's own OpenSSH configuration, and no other."""
        self.env_vars["MILLWRIGHT_SSH_CONFIG"] = shlex.quote(self.current_partition.extras["ssh_config"])
