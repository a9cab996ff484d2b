"""Every metric that a check may report: its unit, which direction is better and what one series covers.

A check's class and its metrics are public names: result series carry them for years.
"""

from dataclasses import dataclass
from enum import StrEnum


class Better(StrEnum):
    """Which way a metric improves."""

    HIGHER = "higher"
    LOWER = "lower"


class Scope(StrEnum):
    """What one series of samples covers."""

    NODE = "node"
    """Each node of the partition has a series of its own."""
    PARTITION = "partition"
    """One series spans several nodes, for example an MPI pair."""
    ANTENNA = "antenna"
    """One series per antenna, seen from its user."""


class Quantity(StrEnum):
    """What a node's values add up to when the partition's capacity is summed; NONE adds up to nothing."""

    NONE = ""
    MEMORY_BANDWIDTH = "memory bandwidth"
    FP64_RATE = "fp64 rate"
    FP32_RATE = "fp32 rate"


@dataclass(frozen=True, slots=True)
class Metric:
    """One measured quantity of a check."""

    unit: str
    better: Better
    scope: Scope
    says: str
    """What the value means, as a label in a report."""
    adds_up_to: Quantity = Quantity.NONE


_UP, _DOWN = Better.HIGHER, Better.LOWER
_NODE, _PART, _ANTENNA = Scope.NODE, Scope.PARTITION, Scope.ANTENNA

METRICS: dict[str, dict[str, Metric]] = {
    "MemoryBandwidth": {
        "copy_bw": Metric("GB/s", _UP, _NODE, "STREAM copy"),
        "scale_bw": Metric("GB/s", _UP, _NODE, "STREAM scale"),
        "add_bw": Metric("GB/s", _UP, _NODE, "STREAM add"),
        "triad_bw": Metric("GB/s", _UP, _NODE, "STREAM triad", Quantity.MEMORY_BANDWIDTH),
    },
    "Gemm": {
        "fp64_rate": Metric("GFLOP/s", _UP, _NODE, "GEMM, double precision", Quantity.FP64_RATE),
        "fp32_rate": Metric("GFLOP/s", _UP, _NODE, "GEMM, single precision", Quantity.FP32_RATE),
    },
    "AcceleratorGemm": {
        "fp64_rate": Metric(
            "GFLOP/s", _UP, _NODE, "GEMM on the accelerator, double precision", Quantity.FP64_RATE
        ),
        "fp32_rate": Metric(
            "GFLOP/s", _UP, _NODE, "GEMM on the accelerator, single precision", Quantity.FP32_RATE
        ),
    },
    "AcceleratorAllReduce": {
        "small_time": Metric("us", _DOWN, _PART, "All-reduce of 8 bytes over all accelerators"),
        "large_bus_bw": Metric(
            "GB/s", _UP, _PART, "Bus bandwidth, all-reduce of 1 GiB over all accelerators"
        ),
    },
    "AcceleratorNodeAllReduce": {
        "small_time": Metric("us", _DOWN, _NODE, "All-reduce of 8 bytes over a node's accelerators"),
        "large_bus_bw": Metric("GB/s", _UP, _NODE, "Bus bandwidth of an all-reduce of 1 GiB within a node"),
    },
    "RdmaPointToPoint": {
        "latency": Metric("us", _DOWN, _PART, "RDMA write of 8 bytes over one rail, half round trip"),
        "bandwidth": Metric("GB/s", _UP, _PART, "RDMA writes of 1 MiB over one rail, one direction"),
    },
    "MpiPointToPoint": {
        "latency": Metric("us", _DOWN, _PART, "Half round trip of 8 bytes between two nodes"),
        "bandwidth": Metric("GB/s", _UP, _PART, "Stream of 1 MiB messages between two nodes"),
    },
    "MpiAllReduce": {
        "small_time": Metric("us", _DOWN, _PART, "All-reduce of 8 bytes"),
        "large_bus_bw": Metric("GB/s", _UP, _PART, "Bus bandwidth of an all-reduce of 4 MiB"),
    },
    "RiscvVector": {
        "isa_baseline": Metric("count", _UP, _NODE, "Letters of RV64GC found in the ISA string (6 expected)"),
        "vector_length": Metric("bit", _UP, _NODE, "Vector register length"),
        "kernel_mismatches": Metric("count", _DOWN, _NODE, "Vector results that differ from scalar results"),
        "triad_speedup": Metric("ratio", _UP, _NODE, "Vector triad over scalar triad"),
    },
    "AntennaAccess": {
        "login_time": Metric("s", _DOWN, _ANTENNA, "Login through the gateway"),
        "round_trip": Metric("ms", _DOWN, _ANTENNA, "Round trip in an open session"),
        "throughput_up": Metric("MB/s", _UP, _ANTENNA, "Data from the user to the factory"),
        "throughput_down": Metric("MB/s", _UP, _ANTENNA, "Data from the factory to the user"),
    },
    "AntennaJob": {
        "job_round_trip": Metric("s", _DOWN, _ANTENNA, "A user's small job, from request to finished output"),
    },
    "AntennaLoss": {
        "retransmitted": Metric("ratio", _DOWN, _ANTENNA, "Bytes that the factory had to send again"),
    },
    "AntennaUserCertificate": {
        "user_certificate_left": Metric("s", _UP, _ANTENNA, "Time left of the user's certificate"),
    },
    "AntennaHostCertificate": {
        "host_certificate_left": Metric("s", _UP, _ANTENNA, "Time left of the hosts' certificates"),
    },
    "AntennaRecovery": {
        "session_recovery": Metric("s", _DOWN, _ANTENNA, "Open session answers after a cut of the tunnel"),
        "login_recovery": Metric("s", _DOWN, _ANTENNA, "Login after a cut of the tunnel"),
    },
}


def find_metric(check: str, metric: str) -> Metric | None:
    """The metric's description, or None where no check reports it."""
    return METRICS.get(check, {}).get(metric)
