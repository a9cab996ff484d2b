"""The STREAM probe with streaming stores: right arrays or no result."""

import platform

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import run_probe

SOURCE = "processor/streaming_bandwidth/streaming_bandwidth.c"
SMALL = {"MILLWRIGHT_MEMORY_MIB": "16", "OMP_NUM_THREADS": "2"}
KERNELS = {
    "copy": ("STREAM_KERNEL(c, LOAD(a))", "STREAM_KERNEL(c, LOAD(b))"),
    "scale": ("_mm_mul_pd(scalar, LOAD(c)))\n    at[2]", "LOAD(c))\n    at[2]"),
    "add": ("_mm_add_pd(LOAD(a), LOAD(b))", "LOAD(a)"),
    "triad": ("_mm_add_pd(LOAD(b), _mm_mul_pd(scalar, LOAD(c)))", "LOAD(b)"),
}
x86_only = pytest.mark.skipif(platform.machine() != "x86_64", reason="streaming stores of x86-64")


@x86_only
def test_every_kernel_is_measured_often_enough_for_an_interval(build):
    ended = run_probe([build(SOURCE)], **SMALL)
    output = ended.output("StreamingBandwidth")

    assert (ended.code, output.problems) == (0, ())
    assert list(find_missing(output.samples, shipped_checks()["StreamingBandwidth"].metrics, ["n1"])) == []
    assert all(sample.value > 0 for sample in output.samples)


@x86_only
@pytest.mark.parametrize("kernel", KERNELS)
def test_a_wrong_kernel_is_never_a_result(build, kernel):
    ended = run_probe([build(SOURCE, replace=KERNELS[kernel])], **SMALL)

    assert (ended.code, ended.vouches) == (1, False)
    assert "is wrong" in ended.stderr


def test_a_processor_without_these_stores_is_said(build):
    ended = run_probe([build(SOURCE, replace=("#ifdef __SSE2__", "#ifdef __NO_SUCH__"))], **SMALL)

    assert (ended.code, ended.vouches) == (3, False)
    assert "x86-64 only" in ended.stderr
