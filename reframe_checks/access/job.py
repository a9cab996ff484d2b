"""From the user's request to the finished output of a small job."""

import shlex

import reframe as rfm
from reframe.core.builtins import run_before

from .user_side import AccessCheck


@rfm.simple_test
class AntennaJob(AccessCheck):
    """From the user's request to the finished output of a small job."""

    descr = "round trip of a job through the gateway of an antenna"
    valid_systems = ["+antenna"]
    probe = "job_probe.py"
    executable_opts = ["job_probe.py"]

    @run_before("run")
    def set_job_options(self):
        """Account, partition and access mode of the antenna's first user."""
        self.env_vars["MILLWRIGHT_JOB"] = shlex.quote(shlex.join(self.current_partition.extras["job"]))
