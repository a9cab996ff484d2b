"""The accelerator probe, with a PyTorch of the tests' own and with none; no accelerator is needed here."""

import sys

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import CHECKS, DATA, python_path, run_probe

PROBE = CHECKS / "accelerator" / "gemm" / "gemm_probe.py"


def run(fault="", torch="torch"):
    path = f"{python_path('accelerator')}:{DATA / torch}"
    return run_probe([sys.executable, PROBE], PYTHONPATH=path, FAKE_TORCH=fault, MILLWRIGHT_DEVICES="2")


def test_every_device_is_measured_often_enough_for_an_interval():
    ended = run()
    output = ended.output("AcceleratorGemm")

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert {sample.device for sample in output.samples} == {"0", "1"}
    assert list(find_missing(output.samples, shipped_checks()["AcceleratorGemm"].metrics, ["n1"])) == []


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("short", "are computed in a shorter format"),
        ("wrong", "a product is wrong on device"),
        ("idle", "a product is wrong on device"),
        ("dead-device", "the process of device 1 failed"),
    ],
)
def test_a_fault_of_a_device_is_never_a_result(fault, message):
    ended = run(fault)

    assert (ended.code, ended.vouches) == (1, False)
    assert message in ended.stderr


@pytest.mark.parametrize(("fault", "found"), [("none", 0), ("one-missing", 1)])
def test_missing_devices_are_not_testable(fault, found):
    ended = run(fault)

    assert (ended.code, ended.vouches) == (3, False)
    assert f"finds {found} of 2 devices" in ended.stderr


def test_a_missing_pytorch_says_what_to_install():
    ended = run(torch="no-such-folder")

    assert (ended.code, ended.vouches) == (3, False)
    assert "PyTorch can't be imported" in ended.stderr
