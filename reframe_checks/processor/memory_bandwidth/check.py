"""Bandwidth between a node's processor and its memory: the four STREAM kernels."""

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class MemoryBandwidth(MillwrightCheck, rfm.RegressionTest):
    """Every working node of the partition, in one job."""

    valid_prog_environs = ["+c"]
    build_system = "SingleSource"
    probe = "memory_bandwidth.c"
    sourcepath = "memory_bandwidth.c"
    # Threads far apart share no memory channel with an idle one between them.
    env_vars = {"OMP_PLACES": "cores", "OMP_PROC_BIND": "spread"}

    @run_before("compile")
    def optimise(self):
        """A copy loop stays a loop: libc's memcpy would bypass the caches and be no STREAM copy."""
        self.build_system.cflags = ["-O3", "-fopenmp", "-fno-tree-loop-distribute-patterns"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
        self.build_system.ldflags = ["-lm"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
