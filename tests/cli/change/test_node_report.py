"""How a round of maintenance or commissioning is printed."""

import json

import pytest

from millwright.app.change.maintenance_report import CommissionReport, MaintenanceReport, NodeReport
from millwright.cli.change.node_report import STYLES, print_nodes
from millwright.fleet.service.upkeep import Fate


def node(name, fate="in service", verdict="PASS", message=""):
    return NodeReport(node=name, wave="w1", fate=fate, message=message, verdict=verdict)


VALUES = {"facility": "rack", "run_id": "r1", "exit_code": 1, "stopped": "", "folder": "/r1", "next_step": ""}


def test_nodes_with_the_same_outcome_share_a_line(capsys):
    nodes = (node("n1"), node("n2"), node("n3", "quarantined", "FAIL", "[red]slow[/]; confirmed"))
    report = MaintenanceReport(**VALUES | {"nodes": nodes, "stopped": "1 failed", "next_step": "Go on."})
    assert print_nodes(report, as_json=False) == 1
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "nodes fate verdict why",
        "n[1-2] in service PASS",
        "n3 quarantined FAIL [red]slow[/]; confirmed",
        "Stopped: 1 failed.",
        "Go on.",
    ]


@pytest.mark.parametrize("kind", [MaintenanceReport, CommissionReport])
def test_json_is_the_document(kind, capsys):
    report = kind(**VALUES, nodes=(node("n1"),))
    assert print_nodes(report, as_json=True) == 1
    assert kind(**json.loads(capsys.readouterr().out)) == report


def test_every_fate_can_be_shown():
    assert set(STYLES) == set(Fate)
