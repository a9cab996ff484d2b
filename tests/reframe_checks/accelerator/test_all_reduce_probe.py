"""The all-reduce probe, two or four ranks of it with a PyTorch of the tests' own; no accelerator."""

import os
import subprocess
import sys
import time

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing
from millwright.results.parsers.probe import parse_probe

from ..conftest import DATA, Ended, python_path

SMALLER = (
    "import sys, all_reduce_probe as p; p.LARGE_BYTES, p.LARGE_CALLS, p.SMALL_CALLS = 4096, 2, 2;"
    "p.PATIENCE_S, p.probe.REPETITIONS = float(sys.argv[2]), 6; p.main()"
)
IB = """
n:1:2 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_1:1/IB [RO]; OOB eth0:10.4.2.17<0>
n:1:2 [0] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM
n:1:2 [0] NCCL INFO Channel 00/0 : 1[1] -> 2[0] [send] via NET/IB/0/GDRDMA
"""
SOCKETS = """
n:1:2 [0] NCCL INFO NET/IB : No device found.
n:1:2 [0] NCCL INFO Channel 00/0 : 1[1] -> 2[0] [send] via NET/Socket/0
"""


def run(folder, form, *, nodes=1, fault="", patience_s=100, same_device=False, **environment):
    """Every rank at once; the output of all, as srun merges it."""
    procs = []
    for rank in range(2 * nodes):
        node, local = f"n{rank // 2 + 1}", 0 if same_device else rank % 2
        meets = folder / (node if form == "node" else "all")
        meets.mkdir(exist_ok=True)
        procs.append(
            subprocess.Popen(
                [sys.executable, "-c", SMALLER, form, str(patience_s)],
                env={
                    **os.environ,
                    "PYTHONPATH": f"{python_path('accelerator')}:{DATA / 'collective'}",
                    "FAKE_TORCH": fault,
                    "FAKE_MEETS_IN": str(meets),
                    "FAKE_NCCL_LOG": IB,
                    "SLURM_PROCID": str(rank),
                    "SLURM_LOCALID": str(local),
                    "SLURM_JOB_ID": "4711",
                    "SLURMD_NODENAME": node,
                    "SLURM_LAUNCH_NODE_IPADDR": "10.4.2.17",
                    "MILLWRIGHT_DEVICES": "2",
                    "MILLWRIGHT_NODE_COUNT": str(nodes),
                    "MILLWRIGHT_FABRIC": "infiniband",
                    "MILLWRIGHT_RAILS": "mlx5_0:1,mlx5_1:1",
                    **({"MILLWRIGHT_NODE": f"n[1-{nodes}]"} if form == "partition" else {}),
                    **environment,
                },
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    texts = []
    first_failed = None
    while procs and first_failed is None:
        time.sleep(0.02)
        for proc in procs:
            if proc.poll() is not None:
                texts.append((proc.returncode, *proc.communicate()))
                procs.remove(proc)
                first_failed = texts[-1][0] or None
                break
    for proc in procs:  # as --kill-on-bad-exit does
        proc.kill()
        proc.communicate()
    return Ended(first_failed or 0, "".join(t[1] for t in texts), "".join(t[2] for t in texts))


def test_all_accelerators_of_a_partition_are_one_series(tmp_path):
    ended = run(tmp_path, "partition", nodes=2)
    output = parse_probe(ended.stdout, shipped_checks()["AcceleratorAllReduce"].metrics)

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert (
        list(find_missing(output.samples, shipped_checks()["AcceleratorAllReduce"].metrics, ["n[1-2]"])) == []
    )
    assert {sample.rep for sample in output.samples} == set(range(6))
    assert "4 ranks, by NET/IB/GDRDMA (4 ranks), P2P/CUMEM (4 ranks)" in ended.stdout


def test_each_node_by_itself_has_a_series_of_its_own(tmp_path):
    ended = run(tmp_path, "node", nodes=2)
    output = parse_probe(ended.stdout, shipped_checks()["AcceleratorNodeAllReduce"].metrics)

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert (
        list(find_missing(output.samples, shipped_checks()["AcceleratorNodeAllReduce"].metrics, ["n1", "n2"]))
        == []
    )


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("wrong", 1, "a sum is wrong on device"),
        ("lost-rank", 1, "a sum is wrong on device"),
        ("unreachable", 1, "failed: The client socket has failed to connect to 127.0.0.1:24711"),
        ("none", 3, "finds 0 devices on n1, the facility has 2"),
        ("one-missing", 3, "finds 1 devices on n1, the facility has 2"),
        ("one-more", 3, "finds 3 devices on n1, the facility has 2"),
        ("small", 3, "has less than 12 GiB of memory"),
        ("no-nccl", 3, "has no NCCL or RCCL"),
    ],
)
def test_a_fault_is_never_a_result(tmp_path, fault, code, message):
    ended = run(tmp_path, "node", fault=fault)

    assert (ended.code, ended.vouches) == (code, False)
    assert message in ended.stderr


def test_a_collective_that_hangs_ends_and_says_where(tmp_path):
    ended = run(tmp_path, "node", fault="hang", patience_s=5)

    assert (ended.code, ended.vouches) == (1, False)
    assert "an all-reduce of 8 bytes on device" in ended.stderr
    assert "hangs since 5 s" in ended.stderr


def test_two_ranks_of_one_device_are_no_result(tmp_path):
    ended = run(tmp_path, "partition", nodes=2, same_device=True)

    assert (ended.code, ended.vouches) == (3, False)
    assert "the processes on n1 have 1 devices, expected 2" in ended.stderr


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (SOCKETS, "NCCL went over sockets on n1, although the fabric is infiniband"),
        ("", "NCCL's log names no transport to other nodes on n1"),
        (IB.replace(" [1]mlx5_1:1/IB", ""), "NCCL does not use the rail mlx5_1:1 of n1"),
        (IB.replace("1]mlx5_1:1/IB", "1]mlx5_1:1/RoCE"), "the rail mlx5_1:1 of n1 is RoCE, expected IB"),
    ],
)
def test_another_way_than_the_fabric_is_no_result(tmp_path, log, message):
    ended = run(tmp_path, "partition", nodes=2, FAKE_NCCL_LOG=log)

    assert (ended.code, ended.vouches) == (3, False)
    assert message in ended.stderr


def test_sockets_are_what_ethernet_has(tmp_path):
    ended = run(
        tmp_path,
        "partition",
        nodes=2,
        FAKE_NCCL_LOG=SOCKETS,
        MILLWRIGHT_FABRIC="ethernet",
        MILLWRIGHT_RAILS="",
    )

    assert (ended.code, ended.vouches) == (0, True)
    assert "by NET/Socket (4 ranks)" in ended.stdout
