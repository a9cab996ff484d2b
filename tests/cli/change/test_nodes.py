"""``millwright nodes``: what it prints and what it refuses, against a controller of the test's own."""

import json

import pytest

from millwright.cli.change import nodes as command
from millwright.cli.main import run
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
    monkeypatch.setattr(command, "service_of", lambda file, _facility, _tell: Service(as_typed(file), found))
    return found


def test_one_line_a_node_with_the_owner_of_its_drain(controller, capsys):
    assert run(["nodes", "status", "rack"]) == 3
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()] == ["node", "rack-c1", "rack-c2", "rack-r1"]
    assert "root" in out
    assert "[red]fan[/] } $(id)" in " ".join(out.split())
    assert run(["nodes", "status", "rack", "cpu"]) == 0


def test_status_as_json(controller, capsys):
    assert run(["nodes", "status", "rack", "rack-c2", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["node"], found["owner"], found["state"]) == ("rack-c2", "root", "idle+drain")


def test_a_drain_names_its_owner_and_leaves_others_alone(controller, capsys):
    assert run(["nodes", "drain", "rack", "cpu", "--reason", "loud; $(reboot)"]) == 1
    update = controller.asked[-1]
    assert update[:4] == ["scontrol", "update", "nodename=rack-c1", "state=drain"]
    assert update[4].startswith("reason=millwright:drain:")
    assert update[4].endswith(": loud; $(reboot)")
    assert "left alone: rack-c2, drained by root" in capsys.readouterr().out


def test_a_resume_leaves_what_an_admin_drained_unless_it_is_named(controller, capsys):
    assert run(["nodes", "resume", "rack", "rack-c2"]) == 1
    assert all(argv[1] == "show" for argv in controller.asked)
    assert run(["nodes", "resume", "rack", "rack-c2", "--force-owner", "root"]) == 0
    assert controller.asked[-1] == ["scontrol", "update", "nodename=rack-c2", "state=undrain"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["status", "rack", "nosuch"], "nosuch: unknown"),
        (["status", "rack", "c[1-"], "not a node set"),
        (["drain", "rack", "rack-c1", "--reason", " "], "--reason: -: empty"),
        (["drain", "rack", "rack-login", "--reason", "x"], "rack-login: unknown"),
    ],
)
def test_bad_input_changes_nothing(controller, capsys, arguments, told):
    assert run(["nodes", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert controller.asked == []


def test_a_facility_without_slurm_can_not_be_asked(capsys):
    assert run(["nodes", "status", "workstation"]) == 3
    assert "no services" in capsys.readouterr().err


def test_maintenance_needs_nodes(capsys):
    assert run(["maintain", "rack"]) == 2
    assert "NODES: -: missing" in capsys.readouterr().err
