"""All-reduce over the accelerators of one node, so that each node can be compared with its peers."""

import reframe as rfm
from reframe_checks.accelerator.shared.collective import CollectiveCheck


@rfm.simple_test
class AcceleratorNodeAllReduce(CollectiveCheck, rfm.RunOnlyRegressionTest):
    """Every working node by itself, in one job; needs a Python with PyTorch on the nodes."""

    valid_prog_environs = ["builtin"]
    executable = "python3"
    executable_opts = ["all_reduce_probe.py", "node"]
