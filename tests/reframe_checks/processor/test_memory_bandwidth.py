"""The STREAM probe: complete where the arrays are right, worthless where a kernel is wrong."""

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import run_probe

SOURCE = "processor/memory_bandwidth/memory_bandwidth.c"
SMALL = {"MILLWRIGHT_MEMORY_MIB": "16", "OMP_NUM_THREADS": "1"}
KERNELS = {
    "copy": ("c[i] = a[i];", "c[i] = a[i] + 1;"),
    "scale": ("b[i] = SCALAR * c[i];", "b[i] = c[i];"),
    "add": ("c[i] = a[i] + b[i];", "c[i] = a[i];"),
    "triad": ("a[i] = b[i] + SCALAR * c[i];", "a[i] = b[i];"),
}


def test_every_kernel_is_measured_often_enough_for_an_interval(build):
    ended = run_probe([build(SOURCE)], **SMALL)
    output = ended.output("MemoryBandwidth")

    assert (ended.code, output.problems) == (0, ())
    assert list(find_missing(output.samples, shipped_checks()["MemoryBandwidth"].metrics, ["n1"])) == []
    assert all(sample.value > 0 for sample in output.samples)
    assert {sample.rep for sample in output.samples} == set(range(15))


def test_arrays_that_a_cache_may_hold_are_admitted(build):
    ended = run_probe([build(SOURCE)], **SMALL)

    assert "arrays of 1 MiB" in ended.stdout
    assert "below STREAM's rule" in ended.stdout


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_wrong_kernel_is_never_a_result(build, kernel):
    ended = run_probe([build(SOURCE, replace=KERNELS[kernel])], **SMALL)

    assert ended.code == 1
    assert "is wrong" in ended.stderr
    assert not ended.vouches


def test_too_little_memory_is_said(build):
    ended = run_probe([build(SOURCE)], MILLWRIGHT_MEMORY_MIB="2")

    assert (ended.code, ended.vouches) == (1, False)
    assert "0.5 MiB of memory" in ended.stderr


def test_the_nodes_name_is_slurms_unless_the_check_gives_one(build):
    program = build(SOURCE)
    by_slurm = run_probe([program], **SMALL, MILLWRIGHT_NODE="", SLURMD_NODENAME="rack-c1")
    by_check = run_probe([program], **SMALL, MILLWRIGHT_NODE="localhost", SLURMD_NODENAME="rack-c1")

    assert {s.node for s in by_slurm.output("MemoryBandwidth").samples} == {"rack-c1"}
    assert {s.node for s in by_check.output("MemoryBandwidth").samples} == {"localhost"}


def test_a_name_that_would_break_the_protocol_is_refused(build):
    ended = run_probe(
        [build(SOURCE)],
        **SMALL,
        MILLWRIGHT_NODE='n","value":1e9,"x":"',
    )

    assert (ended.code, ended.vouches) == (1, False)
    assert "{" not in ended.stdout
