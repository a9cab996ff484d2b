"""``millwright apply``: what is printed, the options, and the exit code."""

import json
from pathlib import Path

import pytest

from millwright.app.change.apply_report import ApplyReport, HostReport
from millwright.app.change.host_changes import TaskChange
from millwright.cli.change import apply
from millwright.cli.main import run


def host(name, state="ok", **values):
    counts = {"ok": 9, "changed": 0, "failed": 0, "unreachable": 0}
    return HostReport(
        **{"wave": "all", "message": "", "resumed": False} | counts | values, host=name, state=state
    )


REPORT = ApplyReport(
    facility="rack",
    exit_code=1,
    conclusion="rack: as concluded.",
    is_check=False,
    run_id="r1",
    stopped="",
    remarks=("n7 can't go first",),
    hosts=(
        host("n1"),
        host("n2", "changed", changed=2),
        host("n3", "failed", failed=1, message="Ensure x: [bold]no[/bold] } [/red]"),
        host("n4", "waiting", message="a wave failed"),
    ),
    failures=(),
    changes=(TaskChange(task="base : Ensure limits", text="+x", hosts=("n1", "n2")),),
    log="/logs/apply.log",
    logs=("/logs/apply.log",),
    folder="/runs/r1",
    seconds=2.4,
)
CHECK = REPORT.model_copy(update={"is_check": True, "folder": None, "run_id": ""})


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def apply_facility(_context, facility, options, **rest):
        calls.append((facility, {name: value for name, value in options.items() if value is not None}, rest))
        return REPORT

    def check_facility(_context, facility, **rest):
        calls.append((facility, "check", rest))
        return CHECK

    monkeypatch.setattr(apply, "apply_facility", apply_facility)
    monkeypatch.setattr(apply, "check_facility", check_facility)
    return calls


def printed(report, capsys):
    apply.print_report(report)
    return capsys.readouterr().out


def test_the_report_is_printed_with_text_from_hosts_as_it_is(asked, capsys):
    """Square brackets are rich's markup, and a title or a message may hold them."""
    assert run(["apply", "rack"]) == 1
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "n[1-2]: base : Ensure limits",
        "+x",
        "host state ok changed unreachable failed",
        "n1 ok 9 0 0 0",
        "n2 changed 9 2 0 0",
        "n3 failed 9 0 0 1",
        "n4 waiting 9 0 0 0",
        "n3: Ensure x: [bold]no[/bold] } [/red]",
        "n7 can't go first",
        "rack: as concluded.",
        "2 s, report: /runs/r1/report.txt",
    ]


def test_a_check_names_its_log_and_what_would_change(asked, capsys):
    assert run(["apply", "rack", "--check", "--diff", "--limit", "rack-c1"]) == 1
    out = capsys.readouterr().out
    assert "would change" in out
    assert "2 s, log: /logs/apply.log" in out
    assert asked == [("rack", "check", {"limit": "rack-c1", "diff": True})]


def test_waves_are_a_column_if_there_are_several(capsys):
    hosts = (host("n1"), host("n2", wave="rack B", resumed=True))
    out = printed(REPORT.model_copy(update={"hosts": hosts}), capsys)
    assert "rack B" in out
    assert "ok, before" in out


def test_thousands_of_equal_hosts_share_a_line(capsys):
    hosts = (*(host(f"n{number}") for number in range(6000)), host("n6000", "unreachable", unreachable=1))
    out = printed(REPORT.model_copy(update={"hosts": hosts, "changes": (), "remarks": ()}), capsys)
    assert "n[0-5999]" in out
    assert len(out.splitlines()) < 10


def test_files_at_home_are_shown_from_there(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    out = printed(REPORT.model_copy(update={"folder": str(Path(tmp_path, "runs"))}), capsys)
    assert "report: ~/runs/report.txt" in out


def test_options_are_passed_on(asked):
    options = ["--canary", "0", "--wave-size", "8", "--by", "size", "--max-failed-wave", "2"]
    options += ["--max-failed", "5%", "--count-unreachable", "--full", "--diff", "--resume", "--limit", "n1"]
    run(["apply", "rack", *options])
    run(["apply", "rack"])
    given = {"canary": 0, "wave_size": 8, "group_by": "size", "max_failed_wave": "2", "max_failed": "5%"}
    given |= {"count_unreachable": True, "full": True, "diff": True}
    assert asked == [
        ("rack", given, {"limit": "n1", "resume": True}),
        ("rack", {}, {"limit": "", "resume": False}),
    ]


def test_json_is_the_document(asked, capsys):
    assert run(["apply", "rack", "--json"]) == 1
    assert ApplyReport(**json.loads(capsys.readouterr().out)) == REPORT


def test_a_facility_with_nothing_to_provision(capsys):
    none = REPORT.model_copy(update={"hosts": (), "conclusion": "nothing to do."})
    assert printed(none, capsys) == "nothing to do.\n"


def test_bad_options_are_all_listed(capsys):
    options = ["--canary=-1", "--wave-size=0", "--by=moon", "--max-failed=5%%"]
    assert run(["apply", "rack", *options]) == 2
    assert "4 problems; nothing was changed" in capsys.readouterr().err
