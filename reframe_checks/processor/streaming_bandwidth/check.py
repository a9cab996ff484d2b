"""Bandwidth between a node's processor and its memory with stores that bypass the caches."""

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class StreamingBandwidth(MillwrightCheck, rfm.RegressionTest):
    """Every working node of the partition, in one job."""

    valid_prog_environs = ["+c"]
    build_system = "SingleSource"
    probe = "streaming_bandwidth.c"
    sourcepath = "streaming_bandwidth.c"
    # Threads far apart share no memory channel with an idle one between them.
    env_vars = {"OMP_PLACES": "cores", "OMP_PROC_BIND": "spread"}

    @run_before("compile")
    def optimise(self):
        """The stores are intrinsics; everything around them is up to the compiler."""
        self.build_system.cflags = ["-O3", "-fopenmp"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
        self.build_system.ldflags = ["-lm"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
