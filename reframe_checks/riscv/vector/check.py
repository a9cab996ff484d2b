"""Whether a RISC-V node is what RV64GCV promises: instruction set, vector length, right vector results."""

import reframe as rfm
from reframe.core.builtins import run_before
from reframe.core.exceptions import SanityError
from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class RiscvVector(MillwrightCheck, rfm.RegressionTest):
    """Cross-compiled and static where ReFrame's own machine is no RISC-V, else native."""

    valid_prog_environs = ["+c"]
    build_system = "SingleSource"
    probe = "vector.c"
    sourcepath = "vector.c"

    @run_before("compile")
    def keep_scalar_scalar(self):
        """The compiler neither vectorises nor contracts what the intrinsics are compared with."""
        isa, scalar = ["-march=rv64gcv", "-mabi=lp64d"], ["-fno-tree-vectorize", "-ffp-contract=off"]
        self.build_system.cflags = [*isa, *scalar, "-O2", "-static"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system
        self.build_system.ldflags = ["-lm"]  # type: ignore[attr-defined]  # a name until ReFrame makes it a build system

    @run_before("sanity")
    def refuse_hidden_emulation(self):
        """An emulated node that the facility calls hardware would enter a capacity figure."""
        lines = self.read(self.job.stdout).splitlines()
        said = next((line for line in lines if line.startswith("# emulated")), "")
        if said and not self.current_partition.extras["emulated"]:
            raise SanityError(f"the facility calls this partition hardware, but its probe found: {said}")
