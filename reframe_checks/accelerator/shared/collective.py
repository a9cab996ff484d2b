"""What the checks of collectives share: one process an accelerator, each placed by Slurm."""

from reframe.core.builtins import run_before
from reframe_checks.plugin import MillwrightCheck


class CollectiveCheck(MillwrightCheck):
    """Starts the all-reduce probe once for each accelerator of each node."""

    probe = "all_reduce_probe.py"
    probe_parts = ["nccl_log.py", "pytorch.py", "watch.py"]
    launcher_options = ["--mpi=none", "--kill-on-bad-exit=1"]

    @property
    def tasks_per_node(self):
        """One process an accelerator."""
        return self.current_partition.extras["accelerators"]

    @run_before("run")
    def set_devices_and_fabric(self):
        """A device too few or too many is no result, and neither is a slower network than the facility's."""
        fabric = self.current_partition.extras["fabric"]
        self.env_vars["MILLWRIGHT_DEVICES"] = self.tasks_per_node
        self.env_vars["MILLWRIGHT_NODE_COUNT"] = len(self.nodes_taken)
        self.env_vars["MILLWRIGHT_FABRIC"] = fabric["kind"]
        self.env_vars["MILLWRIGHT_RAILS"] = ",".join(fabric["rails"])
