"""The collective that data-parallel training waits for, over every accelerator of a partition."""

import reframe as rfm
from reframe_checks.accelerator.shared.collective import CollectiveCheck


@rfm.simple_test
class AcceleratorAllReduce(CollectiveCheck, rfm.RunOnlyRegressionTest):
    """Every accelerator of every working node, two nodes at least; needs a Python with PyTorch there."""

    valid_prog_environs = ["builtin"]
    executable = "python3"
    executable_opts = ["all_reduce_probe.py", "partition"]
    nodes_needed = 2
