"""The collective that data-parallel training waits for, over every accelerator of a partition."""

import reframe as rfm

from .collective import CollectiveCheck


@rfm.simple_test
class AcceleratorAllReduce(CollectiveCheck, rfm.RunOnlyRegressionTest):
    """Every accelerator of every working node, two nodes at least; needs a Python with PyTorch there."""

    descr = "all-reduce of 8 bytes and of 1 GiB over all accelerators, each sum verified"
    valid_systems = ["+gpu_span"]
    valid_prog_environs = ["builtin"]
    executable = "python3"
    executable_opts = ["all_reduce_probe.py", "partition"]
    nodes_needed = 2
    tags = {"accelerator", "interconnect", "commissioning"}
