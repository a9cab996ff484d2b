"""Latency and bandwidth between two nodes, as an MPI program sees them."""

import reframe as rfm
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class MpiPointToPoint(MillwrightCheck, rfm.RegressionTest):
    """The first two working nodes of the partition."""

    valid_prog_environs = ["+mpi"]
    build_system = "SingleSource"
    probe = "mpi_point_to_point.c"
    sourcepath = "mpi_point_to_point.c"
    nodes_wanted = 2
    nodes_needed = 2
    launcher_options = ["--mpi=pmix", "--kill-on-bad-exit=1"]
