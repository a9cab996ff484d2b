"""``millwright antenna``: what is printed, and the exit codes."""

import json
import shlex
import socket
import sys
from pathlib import Path

import pytest
import yaml

from millwright.antennas.proof.proofs import Proof
from millwright.cli.antenna import group as module
from millwright.cli.main import run
from millwright.core.places import checkout
from millwright.core.verdict import Verdict


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No test reads or writes the state of a facility on this machine."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def rack_reached_by(tmp_path):
    """A copy of the facility ``rack`` with an OpenSSH configuration of its own."""

    def make(config):
        path = tmp_path / "ssh_config"
        if config is not None:
            path.write_text(config)
        data = yaml.safe_load((checkout() / "inventories" / "rack" / "facility.yaml").read_text())
        data["ssh"]["config"] = str(path)
        (tmp_path / "facility.yaml").write_text(yaml.safe_dump(data))
        return str(tmp_path / "facility.yaml")

    return make


@pytest.fixture
def proofs(monkeypatch):
    """Let the check come to these outcomes."""

    def give(*outcomes):
        made = [
            Proof("coast", "ada", f"proof {n}", outcome, "[red]why[/]") for n, outcome in enumerate(outcomes)
        ]
        monkeypatch.setattr(module, "check_antennas", lambda *_: iter(made))

    return give


def test_the_antennas_of_a_facility_are_listed(capsys):
    assert run(["antenna", "list", "rack"]) == 0
    printed = capsys.readouterr().out
    assert "coast" in printed
    assert "rack-antenna2" in printed


def test_the_list_as_json_holds_the_facilitys_own_words(capsys):
    assert run(["antenna", "list", "rack", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coast"]["tunnel"]["factory_address"] == "10.92.0.1"


def test_a_facility_without_antennas_lists_none_and_can_check_none(capsys):
    assert run(["antenna", "list", "workstation", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {}
    for command in ("check", "apply", "config"):
        assert run(["antenna", command, "workstation"]) == 2
    assert "there is none, expected a facility with antennas" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere"],
        ["check", "rack", "--antenna", "hill"],
        ["check", "rack", "--access-mode", "vip"],
        ["apply", "rack", "--antenna", "hill"],
        ["config", "rack", "--antenna", "hill"],
    ],
)
def test_unknown_names_are_bad_input(arguments, capsys):
    assert run(["antenna", *arguments]) == 2
    assert "expected one of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([Verdict.PASS, Verdict.PASS], 0),
        ([Verdict.PASS, Verdict.FAIL, Verdict.NOT_MEASURED], 1),
        ([Verdict.PASS, Verdict.NOT_MEASURED], 3),
        ([], 3),
    ],
)
def test_the_exit_code_is_the_worst_outcome(proofs, outcomes, code):
    proofs(*outcomes)
    assert run(["antenna", "check", "rack", "--antenna", "coast"]) == code


def test_each_proof_is_one_line_and_markup_in_it_is_text(proofs, capsys):
    proofs(Verdict.PASS, Verdict.FAIL)
    run(["antenna", "check", "rack", "--antenna", "coast"])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "PASS         coast/ada        proof 0: [red]why[/]",
        "FAIL         coast/ada        proof 1: [red]why[/]",
    ]


def test_proofs_as_json(proofs, capsys):
    proofs(Verdict.NOT_MEASURED)
    assert run(["antenna", "check", "rack", "--antenna", "coast", "--json"]) == 3
    assert json.loads(capsys.readouterr().out) == {
        "facility": "rack",
        "proofs": [
            {
                "antenna": "coast",
                "user": "ada",
                "name": "proof 0",
                "outcome": "NOT MEASURED",
                "detail": "[red]why[/]",
            }
        ],
    }


@pytest.mark.parametrize("command", ["check", "apply", "config"])
def test_a_facility_that_was_never_up_can_not_be_tested(rack_reached_by, command, capsys):
    assert run(["antenna", command, rack_reached_by(None)]) == 3
    assert "ssh_config is missing" in capsys.readouterr().err


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHe5fZ0tSc1RmMREFgRZNQljlS0SQHR2hANXl+UQjUCu"


@pytest.fixture
def rack_down(tmp_path, rack_reached_by):
    """Host keys are pinned, but nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (tmp_path / "known_hosts").write_text(f"[127.0.0.1]:{port} {KEY}\n")
    return rack_reached_by(
        f"Host *\n HostName 127.0.0.1\n Port {port}\n UserKnownHostsFile {tmp_path}/known_hosts\n"
    )


def test_a_facility_that_is_down_is_not_measured_and_nothing_failed(rack_down, capsys):
    assert run(["antenna", "check", rack_down, "--json"]) == 3
    proofs = json.loads(capsys.readouterr().out)["proofs"]
    assert [proof["outcome"] for proof in proofs] == ["NOT MEASURED"] * (9 + 18)


def test_applying_to_a_gateway_that_is_down_changes_nothing(rack_down, tmp_path, capsys):
    assert run(["antenna", "apply", rack_down]) == 3
    assert "rack-antenna can't be reached as root" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()


def test_certificates_are_renewed_without_any_host(rack_down, capsys):
    assert run(["antenna", "config", rack_down, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    users = [(row["antenna"], row["user"]) for row in rows]
    assert users == [("coast", "ada"), ("hills", "bea"), ("hills", "ada")]
    assert all(Path(row["config"]).exists() for row in rows)
    assert run(["antenna", "config", rack_down]) == 0
    printed = capsys.readouterr()
    assert f"ssh -F {rows[0]['config']} factory" in printed.err
    assert printed.out.startswith("# ada at rack-coast: ")


def test_what_is_printed_names_no_file_of_this_machine(rack_down, tmp_path, capsys):
    assert run(["antenna", "config", rack_down, "-a", "coast", "-u", "ada"]) == 0
    printed = capsys.readouterr().out
    assert str(tmp_path) not in printed
    assert '"@cert-authority [127.0.0.1]:' in printed


def test_a_user_of_another_antenna_is_refused(rack_down, capsys):
    assert run(["antenna", "config", rack_down, "-a", "coast", "-u", "mallory"]) == 2
    assert "unknown user 'mallory', expected one of ada" in capsys.readouterr().err


def test_a_key_that_a_user_sent_is_certified_and_nothing_else_printed(rack_down, tmp_path, capsys):
    key = tmp_path / "sent.pub"
    key.write_text(f"{KEY} ada@home\n")
    assert run(["antenna", "certify", rack_down, str(key), "-a", "coast", "-u", "ada"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("ssh-ed25519-cert-v01@openssh.com ")
    assert printed.count("\n") == 1


def scheduled(tmp_path, change):
    data = yaml.safe_load((checkout() / "inventories" / "rack" / "facility.yaml").read_text())
    change(data)
    path = tmp_path / "my site" / "facility.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(data))
    return str(path)


def test_a_schedule_measures_every_check_of_antennas_and_no_other(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MILLWRIGHT_STATE", "/srv/state")
    path = scheduled(tmp_path, lambda data: data.update(acceptance={"every": "weekly"}))
    arguments = ["antenna", "schedule", path, "--print", "--json", "--results-dir", str(tmp_path / "results")]
    assert run(arguments) == 0
    units = json.loads(capsys.readouterr().out)
    assert "OnCalendar=weekly\n" in units["millwright-access-rack.timer"]
    service = units["millwright-access-rack.service"]
    assert 'Environment="MILLWRIGHT_STATE=/srv/state"\n' in service
    [command] = [line for line in service.splitlines() if line.startswith("ExecStart=")]
    words = shlex.split(command.removeprefix("ExecStart="))
    assert words[:5] == [sys.executable, "-m", "millwright", "run", path]
    assert words[-2:] == ["--results-dir", str(tmp_path / "results")]
    assert {word for word in words if word.startswith("Antenna")} >= {"AntennaAccess", "AntennaJob"}
    assert "Gemm" not in words


def test_a_schedule_of_nothing_is_refused(tmp_path, capsys):
    def change(data):
        data["acceptance"] = {"every": "daily"}
        for antenna in data["antennas"].values():
            antenna["checks"] = {}

    assert run(["antenna", "schedule", scheduled(tmp_path, change), "--print"]) == 2
    assert "acceptance" in capsys.readouterr().err


def test_without_a_schedule_there_is_nothing_to_change(capsys):
    assert run(["antenna", "schedule", "rack"]) == 0
    assert "not scheduled; nothing to change" in capsys.readouterr().out


def test_without_a_schedule_it_says_why_no_unit_is_printed(capsys):
    assert run(["antenna", "schedule", "rack", "--print"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "has no `acceptance: {every: ...}`, so nothing is scheduled" in printed.err
