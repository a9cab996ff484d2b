"""Arithmetic rate of a node's processor: dense matrix products of the BLAS."""

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class Gemm(MillwrightCheck, rfm.RegressionTest):
    """Every working node of the partition, in one job."""

    valid_prog_environs = ["+c"]
    build_system = "SingleSource"
    probe = "gemm.c"
    sourcepath = "gemm.c"

    @run_before("compile")
    def link_blas(self):
        """Threads stay unbound: OpenBLAS counts the CPUs of the first one, and would start only one."""
        self.build_system.cflags = ["-O3", "-fopenmp"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
        self.build_system.ldflags = ["-lopenblas", "-lm"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
