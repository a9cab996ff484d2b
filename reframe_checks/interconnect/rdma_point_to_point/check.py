"""RDMA writes between neighbouring nodes over each rail, by perftest: below MPI and every library."""

import json
from pathlib import Path

import reframe as rfm
from reframe.core.builtins import run_before
from reframe_checks.interconnect.rdma_point_to_point.pairs import neighbours
from reframe_checks.plugin import MillwrightCheck

from millwright.core.node_sets import fold


@rfm.simple_test
class RdmaPointToPoint(MillwrightCheck, rfm.RunOnlyRegressionTest):
    """Every pair of neighbours among the working nodes, in one job; needs perftest on the nodes."""

    valid_prog_environs = ["builtin"]
    probe = "rdma_probe.py"
    probe_parts = ["perftest.py", "rail.py"]
    executable = "python3"
    executable_opts = ["rdma_probe.py"]
    nodes_needed = 2
    launcher_options = ["--mpi=none", "--kill-on-bad-exit=1"]

    @run_before("run")
    def set_pairs_and_rails(self):
        """As a file: thousands of names are too long for a variable."""
        fabric = self.current_partition.extras["fabric"]
        rounds = [
            [{"server": pair[0], "client": pair[1], "place": fold(pair)} for pair in pairs]
            for pairs in neighbours(self.nodes_taken)
        ]
        Path(self.stagedir, "plan.json").write_text(json.dumps({**fabric, "rounds": rounds}))

    @property
    def places(self):
        """Each pair has a series of its own for each rail."""
        return [fold(pair) for pairs in neighbours(self.nodes_taken) for pair in pairs]
