"""Planning grows with the number of nodes and not faster: the small sister of the benchmark."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "tools/benchmarks/plan_at_scale.py"


def run(*options):
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--json", *options], check=False, capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_four_times_the_nodes_take_at_most_six_times_the_time():
    """Whatever is quadratic takes sixteen times as long. Processor time: other work here must not count."""
    found = run("--without-ansible", "--nodes", "2000", "--nodes", "8000")
    assert set(found["sizes"]) == {"2000", "8000"}
    assert found["growth"] < 1.5
    assert found["sizes"]["8000"]["peak MiB"] < 512


@pytest.mark.tools
def test_ansible_parses_as_many_hosts_as_are_there():
    found = run("--nodes", "500")
    assert found["sizes"]["500"]["Ansible parses"] > 0
