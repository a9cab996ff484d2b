"""PyTorch on a node, which every probe of accelerators needs; staged beside them."""

import probe


def import_torch():
    """PyTorch, or the end of this probe with a clear message."""
    try:
        import torch  # noqa: PLC0415 - its absence is an answer, not a crash
    except Exception as error:  # a broken installation raises anything
        message = f"PyTorch can't be imported ({error!r}): install it for this node's accelerators"
        probe.stop(message, probe.NOT_TESTABLE)
    return torch
