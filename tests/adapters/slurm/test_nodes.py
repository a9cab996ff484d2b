"""What scontrol tells of nodes in JSON, in the shape that Slurm 24.11 printed."""

import json

import pytest

from millwright.adapters.slurm.nodes import NODES, NODES_AS_TEXT, ask_nodes, parse_nodes, parse_nodes_text
from millwright.core.errors import FailedError, NotTestableError

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


LINES = """\
NodeName=n1 State=IDLE+DRAIN Partitions=cpu,all Reason=millwright:health:1-a a=b [root@2026-11-30T12:57:23]
NodeName=n2 State=DOWN* Partitions=cpu
NodeName=n3 Arch=x86_64 State=MIXED+PLANNED Partitions=cpu ReservationName=r1
"""


def test_the_text_form_says_the_same():
    nodes = parse_nodes_text(LINES)
    assert nodes["n1"].is_drained
    assert nodes["n1"].reason == "millwright:health:1-a a=b"
    assert nodes["n1"].reason_by == "root"
    assert nodes["n1"].reason_since.isoformat() == "2026-11-30T12:57:23+00:00"
    assert nodes["n1"].partitions == ("cpu", "all")
    assert nodes["n2"].is_lost
    assert nodes["n3"].is_busy
    assert nodes["n3"].reservation == "r1"


USAGE = "scontrol: unrecognized option '--json'\nTry \"scontrol --help\" for more information"


def test_a_slurm_without_json_is_asked_for_text():
    def run(argv):
        if argv == NODES:
            raise FailedError(f"scontrol on ctl: {USAGE}", code="MW3302")
        assert argv == NODES_AS_TEXT
        return LINES

    assert list(ask_nodes(run)) == ["n1", "n2", "n3"]


def test_another_refusal_is_no_reason_to_ask_again():
    def run(_):
        raise FailedError("scontrol on ctl: Access/permission denied", code="MW3302")

    with pytest.raises(FailedError, match="permission denied"):
        ask_nodes(run)


def test_text_without_nodes_is_no_answer():
    with pytest.raises(NotTestableError, match="can't be read"):
        parse_nodes_text("slurm_load_node error")
