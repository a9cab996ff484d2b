"""As much of PyTorch as the all-reduce probe uses, on NumPy. FAKE_TORCH says what goes wrong."""

import os
from types import SimpleNamespace

import numpy as np

FAULT = os.environ.get("FAKE_TORCH", "")
__version__ = "0.0-fake"
float64, float32 = np.float64, np.float32


class Tensor(np.ndarray):
    def copy_(self, other):
        self[...] = other

    def repeat(self, times):
        return np.concatenate([self] * times).view(Tensor)

    def item(self):
        return float(self[0])


def tensor(values, dtype, device):
    return np.array(values, dtype=dtype).view(Tensor)


def empty(shape, dtype, device):
    return np.empty(shape, dtype=dtype).view(Tensor)


def equal(left, right):
    return np.array_equal(left, right)


cuda = SimpleNamespace(
    is_available=lambda: FAULT != "none",
    device_count=lambda: {"one-missing": 1, "one-more": 3}.get(FAULT, 2),
    get_device_properties=lambda _: SimpleNamespace(total_memory=(4 if FAULT == "small" else 80) << 30),
    set_device=lambda _: None,
    synchronize=lambda _: None,
    nccl=SimpleNamespace(version=lambda: (2, 99, 0)),
)

from . import distributed as distributed  # noqa: E402 - it needs the tensors above
