"""What Prometheus is told of Slurm, from what Slurm prints; whatever stands in a reason stays a label."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FILE = Path(__file__).resolve().parents[2] / "playbooks/roles/slurm_exporter/files/slurm_metrics.py"
spec = importlib.util.spec_from_file_location("slurm_metrics", FILE)
slurm_metrics = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slurm_metrics)

NODES = """n1|cpu|idle|none
n2|cpu|down*|not responding
n3|cpu|drained|millwright:health:1-a FS_MISSING
n4|big|draining|fan | 2
n4|all|draining|fan | 2
"""
JOBS = "cpu|RUNNING\ncpu|PENDING\ncpu,big|PENDING\n"
SCHEDULER = '{"statistics": {"server_thread_count": 3, "schedule_cycle_mean": 1234, "bf_cycle_mean": "x"}}'


def test_the_whole_file():
    text = slurm_metrics.metrics(NODES, JOBS, SCHEDULER, 1790000000.5)
    for line in (
        "millwright_slurm_up 1",
        "millwright_slurm_asked_seconds 1790000000.5",
        'millwright_slurm_nodes{partition="cpu",state="idle"} 1',
        'millwright_slurm_nodes{partition="cpu",state="down_not_responding"} 1',
        'millwright_slurm_drained_nodes{owner="health"} 1',
        'millwright_slurm_drained_nodes{owner="somebody"} 1',
        'millwright_slurm_nodes{partition="all",state="draining"} 1',
        'millwright_slurm_nodes_once{state="draining"} 1',
        'millwright_slurm_jobs{partition="cpu",state="pending"} 2',
        "millwright_slurm_schedule_cycle_mean 1234",
    ):
        assert f"{line}\n" in text
    assert "bf_cycle_mean" not in text


def test_no_old_number_stays_when_slurm_does_not_answer():
    text = slurm_metrics.metrics(None, JOBS, None, 1.0)
    assert "millwright_slurm_up 0\n" in text
    assert "millwright_slurm_jobs" not in text


@settings(deadline=None)
@given(st.text(max_size=80))
def test_a_hostile_partition_or_reason_breaks_no_line(text):
    row = text.replace("\n", " ").replace("\r", " ")
    for line in slurm_metrics.metrics(f"n1|{row}|idle|{row}\n", f"{row}|RUNNING\n", text, 1.0).split("\n"):
        assert not line or line.startswith(("# ", "millwright_slurm_"))


def test_a_command_that_is_not_there_is_no_answer():
    assert slurm_metrics.ask(("no-such-command",), 1) is None


def test_every_task_of_a_waiting_array_is_asked_for():
    assert "--array" in slurm_metrics.JOBS
    assert slurm_metrics.job_lines("cpu|PENDING\n" * 502)[-1].endswith(" 502")


@pytest.mark.parametrize("partitions", [1, 2, 5])
def test_a_drained_node_counts_once_however_many_partitions_it_is_in(partitions):
    text = "".join(f"n1|p{number}|drained|disk\n" for number in range(partitions))
    assert 'millwright_slurm_drained_nodes{owner="somebody"} 1' in slurm_metrics.node_lines(text)
