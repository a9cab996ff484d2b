"""``millwright nodes status, drain, resume``, against a controller of the test's own."""

import json

import pytest

from millwright.app.change import nodes
from millwright.app.context import Context
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.places import as_typed
from millwright.fleet.service.node_service import Service

RECORD = {
    "reason": "",
    "reason_set_by_user": "root",
    "reason_changed_at": {"number": 0},
    "partitions": ["cpu"],
}


class Controller:
    def __init__(self):
        self.nodes = [
            RECORD | {"name": "rack-c1", "state": ["IDLE"]},
            RECORD | {"name": "rack-c2", "state": ["IDLE", "DRAIN"], "reason": "[red]fan[/] } $(id)"},
            RECORD | {"name": "rack-r1", "state": ["DOWN"]},
        ]
        self.asked = []

    def run(self, argv):
        self.asked.append(list(argv))
        return json.dumps({"nodes": self.nodes}) if argv[1] == "show" else ""


@pytest.fixture
def controller(monkeypatch):
    found = Controller()
    monkeypatch.setattr(nodes, "service_of", lambda file, _facility, _warn: Service(as_typed(file), found))
    return found


def test_the_status_of_nodes_and_the_owner_of_a_drain(controller):
    found = nodes.nodes_status(Context(), "rack")
    assert found.exit_code == 3, "one node is lost"
    assert [node.node for node in found.nodes] == ["rack-c1", "rack-c2", "rack-r1"]
    second = found.nodes[1]
    assert (second.owner, second.state, second.reason) == ("root", "idle+drain", "[red]fan[/] } $(id)")
    assert nodes.nodes_status(Context(), "rack", "cpu").exit_code == 0


def test_a_drain_names_its_owner_and_leaves_others_alone(controller):
    found = nodes.drain_nodes(Context(), "rack", "cpu", "loud; $(reboot)")
    assert (found.exit_code, found.drained) == (1, ("rack-c1",))
    assert found.left["rack-c2"].startswith("drained by root")
    update = controller.asked[-1]
    assert update[:4] == ["scontrol", "update", "nodename=rack-c1", "state=drain"]
    assert update[4].startswith("reason=millwright:drain:")
    assert update[4].endswith(": loud; $(reboot)")


def test_a_resume_leaves_what_an_admin_drained_unless_it_is_named(controller):
    assert nodes.resume_nodes(Context(), "rack", "rack-c2").exit_code == 1
    assert all(argv[1] == "show" for argv in controller.asked)
    found = nodes.resume_nodes(Context(), "rack", "rack-c2", "root")
    assert (found.exit_code, found.resumed) == (0, ("rack-c2",))
    assert controller.asked[-1] == ["scontrol", "update", "nodename=rack-c2", "state=undrain"]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: nodes.nodes_status(Context(), "rack", "nosuch"), "nosuch: unknown"),
        (lambda: nodes.nodes_status(Context(), "rack", "c[1-"), "not a node set"),
        (lambda: nodes.drain_nodes(Context(), "rack", "rack-c1", " "), "--reason: -: empty"),
        (lambda: nodes.drain_nodes(Context(), "rack", "rack-login", "x"), "rack-login: unknown"),
    ],
)
def test_bad_input_changes_nothing(controller, call, problem):
    with pytest.raises(BadInputError, match=problem):
        call()
    assert controller.asked == []


def test_a_facility_without_slurm_can_not_be_asked():
    with pytest.raises(NotTestableError, match="no services"):
        nodes.nodes_status(Context(), "workstation")
