"""What scontrol tells of nodes in JSON, in the shape that Slurm 24.11 printed."""

import json

import pytest

from millwright.adapters.slurm.nodes import parse_nodes
from millwright.core.errors import NotTestableError

DRAINED = {
    "name": "rack-c2",
    "state": ["IDLE", "DRAIN"],
    "reason": 'fan $(id) "x" | y=1',
    "reason_set_by_user": "root",
    "reason_changed_at": {"set": True, "infinite": False, "number": 1795529045},
    "partitions": ["cpu"],
    "reservation": "",
}
FREE = {
    "name": "rack-c1",
    "state": ["IDLE"],
    "reason": "",
    "reason_set_by_user": "root",
    "reason_changed_at": {"set": True, "infinite": False, "number": 0},
    "partitions": ["cpu"],
    "reservation": "millwright-maintenance-r1",
}


def parse(*records):
    return parse_nodes(json.dumps({"nodes": records, "errors": [], "warnings": []}))


def test_a_drained_node_has_a_reason_somebody_and_a_time():
    node = parse(DRAINED)["rack-c2"]
    assert (node.is_drained, node.is_busy, node.responds) == (True, False, True)
    assert (node.reason, node.reason_by) == ('fan $(id) "x" | y=1', "root")
    assert node.reason_since.isoformat() == "2026-11-24T14:04:05+00:00"


def test_a_node_in_service_has_none():
    node = parse(FREE)["rack-c1"]
    assert (node.reason_by, node.reason_since, node.reservation) == ("", None, "millwright-maintenance-r1")


@pytest.mark.parametrize(
    ("states", "lost", "busy", "told"),
    [
        (["IDLE"], False, False, "idle"),
        (["IDLE", "NOT_RESPONDING"], True, False, "idle+not_responding"),
        (["DOWN"], True, False, "down"),
        (["DOWN", "DRAIN"], False, False, "down+drain"),
        (["MIXED", "DRAIN"], False, True, "mixed+drain"),
        (["COMPLETING", "IDLE", "DRAIN"], False, True, "idle+completing+drain"),
        (["IDLE", "POWERED_DOWN", "NOT_RESPONDING"], False, False, "idle+not_responding+powered_down"),
        (["UNKNOWN", "NOT_RESPONDING"], True, False, "unknown+not_responding"),
    ],
)
def test_what_states_mean(states, lost, busy, told):
    node = parse(FREE | {"state": states})["rack-c1"]
    assert (node.is_lost, node.is_busy, node.state) == (lost, busy, told)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"nodes": {}}', '{"nodes": [{"name": "x"}]}', '{"nodes": [3]}']
)
def test_what_is_no_answer_could_not_be_asked(text):
    with pytest.raises(NotTestableError, match="can't be read"):
        parse_nodes(text)
