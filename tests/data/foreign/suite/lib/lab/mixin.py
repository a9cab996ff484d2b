import reframe as rfm
from reframe.core.builtins import run_after


class LabMixin(rfm.RegressionMixin):
    """Every check of the lab runs on CPUs, and is tagged by its size."""

    @run_after("init")
    def select_cpus(self):
        self.valid_systems = ["+lab_cpu"]

    @run_after("init")
    def tag_size(self):
        self.tags |= {"lab", "ci"}
