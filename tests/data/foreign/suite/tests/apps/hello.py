import reframe as rfm
import reframe.utility.sanity as sn
from lab.mixin import LabMixin
from reframe.core.builtins import sanity_function


@rfm.simple_test
class LAB_Hello(rfm.RunOnlyRegressionTest, LabMixin):
    descr = "Does anything run at all"
    valid_prog_environs = ["builtin"]
    executable = "echo"
    executable_opts = ["Hello, World"]

    @sanity_function
    def assert_hello(self):
        return sn.assert_found(r"Hello, World", self.stdout)


@rfm.simple_test
class LAB_ExitsBadly(rfm.RunOnlyRegressionTest, LabMixin):
    descr = "Output that looks right, and a job that failed: ReFrame itself lets it pass"
    valid_prog_environs = ["builtin"]
    executable = "sh"
    executable_opts = ["-c", "'echo Hello; exit 3'"]

    @sanity_function
    def assert_hello(self):
        return sn.assert_found(r"Hello", self.stdout)
