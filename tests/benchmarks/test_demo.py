"""The measuring of the demo, with a ``make`` that does nothing but wait."""

import importlib.util
import os
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "tools" / "benchmarks" / "demo.py"
MAKE = """#!/bin/sh
echo setting up; sleep 0.2
echo "[1/2] Rack: start"; sleep 0.6
echo "[2/2] Report: write"
exit 3
"""


@pytest.fixture
def demo():
    spec = importlib.util.spec_from_file_location("bench_demo", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_phases_silence_and_exit_code_are_those_of_the_run(demo, tmp_path):
    make = tmp_path / "make"
    make.write_text(MAKE)
    make.chmod(0o755)
    found = demo.measure("warm", tmp_path, {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert [phase.name for phase in found.phases] == ["Set up", "Rack: start", "Report: write"]
    assert found.exit_code == 3
    assert found.phases[1].seconds == pytest.approx(found.silence_s, abs=0.1)
    assert 0.6 <= found.silence_s <= found.seconds


@pytest.mark.parametrize(
    ("kind", "seconds", "silence_s", "missed"),
    [("cold", 360, 5, 0), ("cold", 361, 5, 1), ("warm", 120, 5, 0), ("warm", 121, 6, 2)],
)
def test_each_bound_that_is_missed_is_named(demo, kind, seconds, silence_s, missed):
    measured = demo.Measured(kind, (demo.Phase("all", seconds),), silence_s, 0, 0.0)
    assert len(measured.misses()) == missed
