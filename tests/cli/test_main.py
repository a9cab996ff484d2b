"""Exit codes and messages of the command line."""

import errno
import json

import pytest

from millwright.cli import main
from millwright.core.errors import FailedError, NotTestableError


def test_bad_input_lists_every_problem_and_exits_2(tmp_path, capsys):
    path = tmp_path / "facility.yaml"
    path.write_text("plugin: facility\nname: Bad Name\nkind: physical\nparttions: {}\n")
    assert main.run(["facility", "check", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert any(line.startswith(f"{path}: name: ") and ", expected " in line for line in lines)
    assert any(line.startswith(f"{path}: parttions: unknown key") for line in lines)
    assert any(line.startswith(f"{path}: partitions: ") for line in lines)
    assert lines[-1].endswith("nothing was changed")


def test_bad_input_as_json_exits_2_and_stays_json(tmp_path, capsys):
    path = tmp_path / "facility.yaml"
    path.write_text("plugin: facility\n")
    assert main.run(["facility", "check", "--json", str(path)]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert {problem["key"] for problem in report["problems"]} >= {"name", "partitions"}


def test_commitment_in_another_unit_exits_2(tmp_path, capsys):
    path = tmp_path / "facility.yaml"
    path.write_text(
        "plugin: facility\nname: site\ntitle: t\nkind: physical\n"
        "partitions:\n  local:\n    nodes: localhost\n"
        "    scheduler: local\n    checks:\n      MemoryBandwidth:\n"
        "        triad_bw: {value: 1, unit: GiB/s, class: scored, source: s, kind: read, date: 2026-01-01}\n"
    )
    assert main.run(["facility", "check", str(path)]) == 2
    message = capsys.readouterr().err
    assert "partitions.local.checks.MemoryBandwidth.triad_bw.unit" in message
    assert "GB/s" in message


def test_shipped_facilities_check_out(capsys):
    assert main.run(["facility", "check", "rack", "workstation"]) == 0
    assert "no problem found" in capsys.readouterr().out


def test_unknown_facility_names_the_known_ones(capsys):
    assert main.run(["facility", "show", "nowhere"]) == 2
    assert "gh200, lighthouse, rack, workstation" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["nonsense"], ["facility", "show"], ["facility", "list", "--jsn"]])
def test_a_wrong_command_line_exits_2_with_one_line(arguments, capsys):
    assert main.run(arguments) == 2
    assert capsys.readouterr().err.startswith("millwright: ")


def test_show_prints_hostile_titles_as_they_are(tmp_path, capsys):
    path = tmp_path / "facility.yaml"
    title = "[red]} <script>alert(1)</script> $(reboot) {{ 7*7 }}"
    path.write_text(
        f"plugin: facility\nname: site\ntitle: '{title}'\nkind: physical\n"
        "partitions: {local: {nodes: localhost, scheduler: local}}\n"
    )
    assert main.run(["facility", "show", str(path)]) == 0
    assert title in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (NotTestableError("no rack", code="MW9001"), 3, "no rack"),
        (FailedError("slow", code="MW9001"), 1, "slow"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "free some space"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_errors_become_exit_codes(error, code, message, monkeypatch, capsys):
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(main, "app", fail)
    assert main.run([]) == code
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [
        (["rapport"], "no such command 'rapport'; did you mean report? See millwright --help"),
        (["xyz"], "no such command 'xyz'; see millwright --help"),
        (["results", "shwo"], "no such command 'shwo'; did you mean show? See millwright results --help"),
        (["run"], "; see millwright run --help"),
        (["facility", "list", "--jsn"], " millwright facility list --help"),
    ],
)
def test_a_wrong_command_line_points_to_the_nearest_help(arguments, ending, capsys):
    assert main.run(arguments) == 2
    message = capsys.readouterr().err
    assert message.startswith("millwright: ")
    assert message.endswith(f"{ending}\n")


def test_a_mistyped_facility_check_or_metric_gets_a_suggestion(tmp_path, capsys):
    assert main.run(["facility", "show", "rak"]) == 2
    assert "; did you mean rack?" in capsys.readouterr().err
    path = tmp_path / "facility.yaml"
    path.write_text(
        "plugin: facility\nname: site\ntitle: t\nkind: physical\npartitions: {local: {nodes: localhost, "
        "scheduler: local, checks: {Gem: {fp64_rate: null}, Gemm: {fp64_rat: null}}}}\n"
    )
    assert main.run(["facility", "check", str(path)]) == 2
    message = capsys.readouterr().err
    assert "; did you mean Gemm?" in message
    assert "; did you mean fp64_rate?" in message


def test_the_help_explains_the_exit_codes_of_signals(capsys):
    assert main.run(["--help"]) == 0
    assert "130 interrupted with Ctrl-C, 128 + N" in " ".join(capsys.readouterr().out.split())
