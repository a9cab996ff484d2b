"""Arithmetic rate of a node's accelerators, all of them at once."""

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class AcceleratorGemm(MillwrightCheck, rfm.RunOnlyRegressionTest):
    """Every working node of the partition, in one job; needs a Python with PyTorch on the nodes."""

    valid_prog_environs = ["builtin"]
    probe = "gemm_probe.py"
    probe_parts = ["pytorch.py"]
    executable = "python3"
    executable_opts = ["gemm_probe.py"]

    @run_before("run")
    def set_devices(self):
        """Too few devices on a node are no result."""
        self.env_vars["MILLWRIGHT_DEVICES"] = self.current_partition.extras["accelerators"]
