"""``millwright doctor`` as a user types it."""

import json

import pytest

from millwright.app.site.doctor import CommandReport, DoctorReport, FindingReport
from millwright.cli.main import run
from millwright.cli.site import doctor

HOSTILE = "n1 [red]\x1b[31m"


@pytest.fixture
def found(monkeypatch):
    """What doctor finds: a program that is missing, and a host with hostile text."""
    report = DoctorReport(
        exit_code=3,
        facility="site",
        python="3.13.5",
        hosts_tried=2,
        commands=(
            CommandReport(command="run", ready=False, missing=(HOSTILE,)),
            CommandReport(command="report", ready=True, missing=()),
        ),
        findings=(
            FindingReport(
                subject=HOSTILE, detail="timed out", mend="ssh n1", commands=("run",), optional=False
            ),
            FindingReport(
                subject="mksquashfs",
                detail="used if it is there",
                mend="apt-get install squashfs-tools",
                commands=("image",),
                optional=True,
            ),
        ),
    )
    asked = []
    monkeypatch.setattr(doctor, "examine", lambda facility: asked.append(facility) or report)
    return asked


def test_it_shows_each_command_each_finding_and_its_line(found, capsys):
    assert run(["doctor", "site"]) == 3
    printed = capsys.readouterr().out
    assert found == ["site"]
    for text in ("report", "ready", "ssh n1", "apt-get install squashfs-tools", "2 hosts of site were tried"):
        assert text in printed
    optional = printed.index("not needed to begin with")
    assert printed.index("ssh n1") < optional < printed.index("squashfs-tools")


def test_hostile_text_is_printed_as_text(found, capsys):
    run(["doctor", "site"])
    printed = capsys.readouterr().out
    assert "[red]" in printed
    assert "\x1b" not in printed


def test_json_is_nothing_but_json_and_exits_alike(found, capsys):
    assert run(["doctor", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == "millwright-doctor/1"
    assert document["findings"][0]["mend"] == "ssh n1"
    assert found == [None]


def test_this_machine_is_looked_at_for_real(capsys):
    code = run(["doctor", "workstation", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert code == document["exit_code"]
    assert {"report", "run workstation"} <= {state["command"] for state in document["commands"]}


def test_an_unknown_facility_is_bad_input(capsys):
    assert run(["doctor", "atlantis"]) == 2
    assert "no such facility" in capsys.readouterr().err
