import reframe as rfm
import reframe.utility.sanity as sn
from lab.mixin import LabMixin
from reframe.core.builtins import parameter, performance_function, run_before, sanity_function


@rfm.simple_test
class LAB_Latency(rfm.RunOnlyRegressionTest, LabMixin):
    descr = "Sizes and times as a ping-pong prints them"
    valid_prog_environs = ["*"]
    message = parameter([8, "1 MiB"])
    executable = "printf"
    reference = {"*": {"lat": (1.0, None, 0.05, "us")}}

    @run_before("run")
    def set_output(self):
        factor = 1.0 if self.message == 8 else 240.0
        self.executable_opts = [
            f"'Size\\tLatency\\n{self.message}\\t{1.37 * factor:.2f}\\n%s\\n'",
            "'Bandwidth: 11873.25 MB/s'",
        ]

    @sanity_function
    def assert_table(self):
        return sn.assert_found(r"^Size\s+Latency", self.stdout)

    @performance_function("us")
    def lat(self):
        return sn.extractsingle(rf"^{self.message}\s+(\S+)$", self.stdout, 1, float)

    @performance_function("MB/s", perf_key="Bandwidth")
    def bw(self):
        return sn.extractsingle(r"^Bandwidth: (\S+)", self.stdout, 1, float)
