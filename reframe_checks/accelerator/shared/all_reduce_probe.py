"""All-reduce (sum of float32) by NCCL or RCCL: time for 8 bytes, and bus bandwidth for 1 GiB.

Started by Slurm once an accelerator. `partition` makes one group of all of them, `node` one group a node.
Bus bandwidth is bytes / time x 2 (n - 1) / n for n accelerators, the traffic that each link must carry
(https://github.com/NVIDIA/nccl-tests/blob/master/doc/PERFORMANCE.md). Each time is the slowest rank's.

Every call has a buffer of its own, and every element of each sum is compared: shares are whole numbers
below 127, so that the sums of up to 132,000 ranks are exact in float32. The only backend is NCCL.
"""

import contextlib
import datetime
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nccl_log
import probe
from pytorch import import_torch
from watch import within

SMALL_BYTES, SMALL_CALLS = 8, 200
LARGE_BYTES, LARGE_CALLS = 1 << 30, 4
ALIGNMENT_BYTES = 512
MEMORY_BYTES = 12 << 30
"""Memory of a device that holds the buffers and what compares them."""
MODULUS, STRIDE = 127, 31
PATIENCE_S = 300


@dataclass(frozen=True)
class Rank:
    """One process of a group: its rank, its device, and where the group meets."""

    rank: int
    ranks: int
    device: int
    node: str
    nodes: int
    meets_at: str
    port: int


def find_rank(form):
    """The place of this process, as Slurm gave it."""
    environment = os.environ
    local, devices = int(environment["SLURM_LOCALID"]), int(environment["MILLWRIGHT_DEVICES"])
    node, port = environment["SLURMD_NODENAME"], 20000 + int(environment["SLURM_JOB_ID"]) % 20000
    if form == "node":
        return Rank(local, devices, local, node, 1, "127.0.0.1", port)
    nodes = int(environment["MILLWRIGHT_NODE_COUNT"])
    first = environment["SLURM_LAUNCH_NODE_IPADDR"]
    return Rank(int(environment["SLURM_PROCID"]), nodes * devices, local, node, nodes, first, port)


def require_devices(torch, place):
    """Exactly the devices that the facility says, each with memory enough, or no result."""
    found = torch.cuda.device_count() if torch.cuda.is_available() else 0
    expected = int(os.environ["MILLWRIGHT_DEVICES"])
    if found != expected:
        message = f"PyTorch finds {found} devices on {place.node}, the facility has {expected}"
        probe.stop(message, probe.NOT_TESTABLE)
    if torch.cuda.get_device_properties(place.device).total_memory < MEMORY_BYTES:
        message = f"device {place.device} of {place.node} has less than {MEMORY_BYTES >> 30} GiB of memory"
        probe.stop(message, probe.NOT_TESTABLE)


def require_nccl(torch):
    """The vendor's library, and nothing in its place."""
    dist = torch.distributed
    if not (dist.is_available() and dist.is_nccl_available()):
        message = f"PyTorch {torch.__version__} has no NCCL or RCCL: install a build for these accelerators"
        probe.stop(message, probe.NOT_TESTABLE)


def expected_sums(ranks, rep):
    """The sum over all ranks, for each place within the pattern."""
    shares = Counter(STRIDE * rank % MODULUS for rank in range(ranks))
    return [
        sum(times * ((place + share + rep) % MODULUS) for share, times in shares.items())
        for place in range(MODULUS)
    ]


def own_share(rank, rep):
    """What one rank adds, for each place within the pattern."""
    return [(place + STRIDE * rank + rep) % MODULUS for place in range(MODULUS)]


def spread(torch, values, count, device):
    """The pattern, repeated over `count` elements on the device."""
    table = torch.tensor(values, dtype=torch.float32, device=device)
    return table.repeat(-(-count // len(values)))[:count]


def make_buffers(torch, size_bytes, calls, device):
    """One buffer a call, each aligned as an allocation of its own would be."""
    room = torch.empty((calls, max(size_bytes, ALIGNMENT_BYTES) // 4), dtype=torch.float32, device=device)
    return [room[call, : size_bytes // 4] for call in range(calls)]


def slowest(torch, seconds, device):
    """The slowest rank's time, which is what a caller waits for."""
    value = torch.tensor([seconds], dtype=torch.float64, device=device)
    torch.distributed.all_reduce(value, op=torch.distributed.ReduceOp.MAX)
    return value.item()


def all_reduce(torch, place, buffers, rep):
    """Seconds of one call, of the slowest rank; ends the probe where an element of a sum is wrong."""
    dist, device, count = torch.distributed, place.device, len(buffers[0])
    mine = spread(torch, own_share(place.rank, rep), count, device)
    for buffer in buffers:
        buffer.copy_(mine)
    dist.barrier()
    torch.cuda.synchronize(device)
    start = time.monotonic()
    for buffer in buffers:
        dist.all_reduce(buffer)
    torch.cuda.synchronize(device)
    seconds = slowest(torch, time.monotonic() - start, device) / len(buffers)
    expected = spread(torch, expected_sums(place.ranks, rep), count, device)
    if not all(torch.equal(buffer, expected) for buffer in buffers):
        probe.stop(f"a sum is wrong on device {device} of {place.node} in repetition {rep}")
    return seconds


def measure(torch, place):
    """Samples of both sizes."""
    repetitions = range(-probe.WARM_UPS, probe.REPETITIONS)
    where = f"on device {place.device} of {place.node}"
    small = make_buffers(torch, SMALL_BYTES, SMALL_CALLS, place.device)
    for rep in repetitions:
        with within(PATIENCE_S, f"an all-reduce of {SMALL_BYTES} bytes {where}"):
            yield probe.sample("small_time", 1e6 * all_reduce(torch, place, small, rep), "us", rep)
    traffic = LARGE_BYTES * 2.0 * (place.ranks - 1) / place.ranks
    large = make_buffers(torch, LARGE_BYTES, LARGE_CALLS, place.device)
    for rep in repetitions:
        with within(PATIENCE_S, f"an all-reduce of {LARGE_BYTES} bytes {where}"):
            seconds = all_reduce(torch, place, large, rep)
        yield probe.sample("large_bus_bw", 1e-9 * traffic / seconds, "GB/s", rep)


def find_rank_problems(told, place, devices):
    """Processes that share a device, or nodes that are not as many as they should be."""
    nodes = {each["node"] for each in told}
    if len(nodes) != place.nodes:
        yield f"the group spans {len(nodes)} nodes, expected {place.nodes}"
    for node in sorted(nodes):
        found = {each["device"] for each in told if each["node"] == node}
        if len(found) != devices:
            yield f"the processes on {node} have {len(found)} devices, expected {devices}"


def find_problems(told, place):
    """Everything that makes a group's times no measurement of this facility."""
    yield from find_rank_problems(told, place, int(os.environ["MILLWRIGHT_DEVICES"]))
    if place.nodes == 1:
        return
    fabric, rails = os.environ["MILLWRIGHT_FABRIC"], os.environ["MILLWRIGHT_RAILS"]
    for node in sorted({each["node"] for each in told}):
        own = [each for each in told if each["node"] == node]
        transports = [transport for each in own for transport in each["transports"]]
        adapters = {name: link for each in own for name, link in each["adapters"].items()}
        yield from nccl_log.find_way_problems(
            node, transports, adapters, fabric=fabric, rails=[rail for rail in rails.split(",") if rail]
        )


def tell(store, place, log):
    """Let the first rank know of this one's device and way."""
    text = log.read_text(errors="replace") if log.exists() else ""
    told = {
        "node": place.node,
        "device": place.device,
        "transports": nccl_log.find_transports(text),
        "adapters": nccl_log.find_adapters(text),
    }
    store.set(f"told/{place.rank}", json.dumps(told))


def vouch(torch, store, place, lines):
    """The first rank's last word: what all used, and the samples if nothing is wrong with that."""
    told = [json.loads(store.get(f"told/{rank}")) for rank in range(place.ranks)]
    ways = Counter(transport for each in told for transport in each["transports"])
    shown = ", ".join(f"{way} ({count} ranks)" for way, count in sorted(ways.items())) or "not told by NCCL"
    version = ".".join(map(str, torch.cuda.nccl.version()))
    print(f"# PyTorch {torch.__version__}, NCCL {version}, {place.ranks} ranks, by {shown}", flush=True)
    if problems := list(find_problems(told, place)):
        probe.stop("; ".join(problems[:5]), probe.NOT_TESTABLE)
    probe.finish(lines)


def run(form, log):
    """One process of the group."""
    place = find_rank(form)
    torch = import_torch()
    require_devices(torch, place)
    require_nccl(torch)
    torch.cuda.set_device(place.device)
    limit = datetime.timedelta(seconds=PATIENCE_S)
    try:
        with within(PATIENCE_S, f"the start of rank {place.rank} on {place.node}"):
            dist = torch.distributed
            store = dist.TCPStore(place.meets_at, place.port, place.ranks, place.rank == 0, limit)
            dist.init_process_group(
                "nccl", store=store, rank=place.rank, world_size=place.ranks, timeout=2 * limit
            )
        lines = list(measure(torch, place))
        tell(store, place, log)
        if place.rank == 0:
            vouch(torch, store, place, lines)
    except Exception as error:  # the library raises anything; its first line says what
        reason = str(error).strip().splitlines() or [repr(error)]
        probe.stop(f"rank {place.rank} on {place.node} failed: {reason[0]}")


def main():
    """NCCL writes its log into a folder of this process, which goes with it."""
    with contextlib.ExitStack() as stack:
        log = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nccl."))) / "nccl.log"
        os.environ.update(NCCL_DEBUG="INFO", NCCL_DEBUG_SUBSYS="INIT,NET", NCCL_DEBUG_FILE=str(log))
        run(sys.argv[1], log)


if __name__ == "__main__":
    main()
