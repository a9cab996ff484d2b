"""Matrix products on every accelerator of a node at once, one process a device: 2 n^3 operations a product.

Entries are whole numbers small enough that every sum is exact, so each product is compared exactly with
A (B x) for random x of +1 and -1 (Freivalds, 1977). A second product shows that no shorter format is used:
TF32 and the like are off, and would lose the last bit of 1 + 2^-12 (fp32) and of 1 + 2^-40 (fp64).
"""

import os
import subprocess
import sys
import time

import probe
from pytorch import import_torch

SIZE = 8192
CALLS = 4
PATIENCE_S = 1200
METRICS = {"float64": ("fp64_rate", 2.0**-40), "float32": ("fp32_rate", 2.0**-12)}


def count_devices(torch):
    """Devices of this node; stops where there are none, or fewer than the facility says."""
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    expected = int(os.environ.get("MILLWRIGHT_DEVICES") or 1)
    if found < expected:
        probe.stop(f"PyTorch finds {found} of {expected} devices on this node", probe.NOT_TESTABLE)
    return found


def choose_size(torch, device):
    """8192, less where a quarter of the memory holds no three matrices of that size in double precision."""
    fitting = int((torch.cuda.get_device_properties(device).total_memory / 4 / 24) ** 0.5)
    return min(SIZE, fitting // 128 * 128)


def verify_precision(torch, dtype, step, device):
    """A product by the identity keeps every bit, unless a shorter format is used."""
    identity = torch.eye(512, dtype=dtype, device=device)
    if not torch.equal(identity @ (identity * (1 + step)), identity * (1 + step)):
        probe.stop(f"{dtype} products are computed in a shorter format on device {device}")


def verify_product(torch, product, left, right, device):
    """Freivalds' test of one product."""
    x = torch.randint(0, 2, (len(right), 1), device=device).double() * 2 - 1
    if not torch.equal(product.double() @ x, left.double() @ (right.double() @ x)):
        probe.stop(f"a product is wrong on device {device}")


def measure(torch, device, name):
    """Samples of one precision on one device."""
    metric, step = METRICS[name]
    dtype, n = getattr(torch, name), choose_size(torch, device)
    verify_precision(torch, dtype, step, device)
    left, right = (torch.randint(-2, 3, (n, n), device=device).to(dtype) for _ in range(2))
    product = torch.empty((n, n), dtype=dtype, device=device)

    def time_product():
        """Seconds of one product of a burst; the last one is verified."""
        product.fill_(float("nan"))
        torch.cuda.synchronize(device)
        start = time.monotonic()
        for _ in range(CALLS):
            torch.matmul(left, right, out=product)
        torch.cuda.synchronize(device)
        seconds = (time.monotonic() - start) / CALLS
        verify_product(torch, product, left, right, device)
        return seconds

    warm_up = probe.WarmUp()
    while warm_up.is_needed:
        warm_up.add(CALLS * time_product())
    probe.began()
    if warm_up.is_unsteady:
        yield probe.mark("unsteady", metric, str(device))
    for rep in range(probe.REPETITIONS):
        yield probe.sample(metric, 2e-9 * n**3 / time_product(), "GFLOP/s", rep, str(device))


def run_device(device):
    """The process of one device: says that it is ready, and starts when all are."""
    torch = import_torch()
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.cuda.set_device(device)
    torch.ones(1, device=device).sum().item()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for name in METRICS:
        sys.stdout.writelines(measure(torch, device, name))


def stop_if_any(failed, workers):
    """One device without a result is a node without one; no process stays behind."""
    if failed:
        for worker in workers:
            worker.kill()
        probe.stop(f"the process of device {', '.join(map(str, failed))} failed")


def run_node():
    """The parent: starts all devices at once, and vouches for their samples."""
    torch = import_torch()
    devices = range(count_devices(torch))
    size = choose_size(torch, 0)
    print(f"# PyTorch {torch.__version__}, TF32 off, {CALLS} products of {size} a repetition", flush=True)
    workers = [
        subprocess.Popen(
            [sys.executable, __file__, str(device)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for device in devices
    ]
    ready = [worker.stdout is not None and worker.stdout.readline() == "ready\n" for worker in workers]
    stop_if_any([device for device in devices if not ready[device]], workers)
    for worker in workers:
        if worker.stdin is not None:  # it is a pipe, as asked for
            worker.stdin.write("go\n")
            worker.stdin.flush()
    outputs = [worker.communicate(timeout=PATIENCE_S)[0] for worker in workers]
    stop_if_any([device for device in devices if workers[device].returncode != 0], workers)
    probe.finish([line for output in outputs for line in output.splitlines(keepends=True)])


if __name__ == "__main__":
    run_device(int(sys.argv[1])) if len(sys.argv) > 1 else run_node()
