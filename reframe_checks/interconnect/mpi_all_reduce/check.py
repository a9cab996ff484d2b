"""The collective that data-parallel training waits for, over every node of a partition."""

import reframe as rfm
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class MpiAllReduce(MillwrightCheck, rfm.RegressionTest):
    """One process on every working node of the partition, two at least."""

    valid_prog_environs = ["+mpi"]
    build_system = "SingleSource"
    probe = "mpi_all_reduce.c"
    sourcepath = "mpi_all_reduce.c"
    nodes_needed = 2
    launcher_options = ["--mpi=pmix", "--kill-on-bad-exit=1"]
