"""As much of PyTorch as the accelerator probe uses, on NumPy. FAKE_TORCH says what goes wrong."""

import os
from types import SimpleNamespace

import numpy as np

FAULT = os.environ.get("FAKE_TORCH", "")
__version__ = "0.0-fake"
float64, float32 = np.float64, np.float32


class Tensor(np.ndarray):
    def to(self, dtype):
        return self.astype(dtype)

    def double(self):
        return self.astype(float64)

    def fill_(self, value):
        self[...] = value

    def __matmul__(self, other):
        short = FAULT == "short" and self.dtype == float32
        left, right = (x.astype(np.float16).astype(x.dtype) if short else x for x in (self, other))
        return np.matmul(left, right).view(Tensor)


def eye(n, dtype, device):
    return np.eye(n, dtype=dtype).view(Tensor)


def ones(n, device):
    return np.ones(n).view(Tensor)


def empty(shape, dtype, device):
    return np.empty(shape, dtype=dtype).view(Tensor)


def randint(low, high, shape, device):
    return np.random.default_rng(device).integers(low, high, shape).view(Tensor)


def equal(left, right):
    return np.array_equal(left, right)


def matmul(left, right, out):
    if FAULT == "idle":
        return
    np.matmul(left, right, out=out)
    if FAULT == "wrong":
        out[1, 2] += 1


def _set_device(device):
    if FAULT == "dead-device" and device == 1:
        raise RuntimeError("device 1 has fallen off the bus")


cuda = SimpleNamespace(
    is_available=lambda: FAULT != "none",
    device_count=lambda: 1 if FAULT == "one-missing" else 2,
    get_device_properties=lambda _: SimpleNamespace(total_memory=4 * 24 * 128 * 128),
    set_device=_set_device,
    synchronize=lambda _: None,
)
backends = SimpleNamespace(cuda=SimpleNamespace(matmul=SimpleNamespace(allow_tf32=True)))
