"""From the user's request to the finished output of a small job."""

import shlex

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.access.shared.user_side import AccessCheck


@rfm.simple_test
class AntennaJob(AccessCheck):
    """From the user's request to the finished output of a small job."""

    probe = "job_probe.py"
    executable_opts = ["job_probe.py"]

    @run_before("run")
    def set_job_options(self):
        """Account, partition and access mode of the antenna's first user."""
        self.env_vars["MILLWRIGHT_JOB"] = shlex.quote(shlex.join(self.current_partition.extras["job"]))
