"""The module that asks which nodes Slurm can use."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("slurm_nodes", ROOT / "playbooks/library/slurm_nodes.py")
nodes = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(nodes)

PRINTED = """\
cpu|c1|idle
cpu|c2|down*
cpu|c3|drained
long|c1|idle
gpu|g1|mixed
"""


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("idle", "idle"),
        ("IDLE", "idle"),
        ("idle*", "lost"),  # does not answer
        ("idle~", "lost"),  # powered off
        ("mixed", "busy"),
        ("mixed-", "busy"),  # planned for a larger job
        ("allocated", "busy"),
        ("completing", "busy"),
        ("drained", "out"),
        ("draining", "out"),
        ("drained*", "lost"),
        ("maint", "out"),
        ("down", "lost"),
        ("down*", "lost"),
        ("inval", "lost"),  # differs from what slurm.conf says
        ("unknown", "lost"),
        ("unk*", "lost"),
        ("some-new-state", "lost"),
    ],
)
def test_kind_of_a_state(state, kind):
    assert nodes.kind_of(state) == kind


def test_nodes_are_sorted_within_each_partition():
    rows = nodes.parse(PRINTED, ["c1", "c2", "c3", "g1"])
    found = nodes.by_partition(rows)
    assert found["cpu"] == {"idle": ["c1"], "busy": [], "out": ["c3"], "lost": ["c2"]}
    assert found["long"]["idle"] == ["c1"]
    assert found["gpu"]["busy"] == ["g1"]


def test_only_wanted_nodes_are_judged():
    assert nodes.lost_nodes(nodes.parse(PRINTED, ["c1", "c3"]), ["c1", "c3"]) == {}


def test_a_node_that_slurm_does_not_know_is_lost():
    assert nodes.lost_nodes(nodes.parse(PRINTED, ["c1", "c9"]), ["c1", "c9"]) == {"c9": "unknown to Slurm"}
