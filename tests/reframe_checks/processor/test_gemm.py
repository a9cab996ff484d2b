"""The GEMM probe against a BLAS of the tests' own."""

import subprocess

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import CHECKS, DATA, run_probe

SMALL = {"MILLWRIGHT_MEMORY_MIB": "4", "OMP_NUM_THREADS": "1"}


@pytest.fixture
def build_with_blas(build):
    blas = DATA / "blas"

    def compile_probe(fault):
        return build("processor/gemm/gemm.c", f"-I{blas}", f"-DFAULT={fault}", str(blas / "cblas.c"))

    return compile_probe


def test_both_precisions_are_measured_often_enough_for_an_interval(build_with_blas):
    ended = run_probe([build_with_blas(fault=0)], **SMALL)
    output = ended.output("Gemm")

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert list(find_missing(output.samples, shipped_checks()["Gemm"].metrics, ["n1"])) == []
    assert all(sample.value > 0 for sample in output.samples)


@pytest.mark.parametrize("fault", [1, 2, 3])
def test_a_wrong_product_is_never_a_result(build_with_blas, fault):
    """1: one element of a product is off by one; 2: the BLAS writes nothing; 3: only fp32 is wrong."""
    ended = run_probe([build_with_blas(fault)], **SMALL)

    assert (ended.code, ended.vouches) == (1, False)
    assert "of the product is wrong" in ended.stderr


def test_a_missing_blas_says_what_to_install(tmp_path):
    command = [
        "gcc",
        "-fsyntax-only",
        "-nostdinc",
        f"-I{CHECKS}",
        str(CHECKS / "processor" / "gemm" / "gemm.c"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "cblas.h not found: install libopenblas-dev" in done.stderr
