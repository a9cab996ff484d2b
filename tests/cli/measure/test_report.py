"""``millwright report``: what is printed, and the exit code."""

import json

import pytest
import typer

from millwright.cli.measure.report import command


@pytest.fixture
def run_command(tmp_path, capsys):
    app = typer.Typer()
    app.command()(command)

    def run(*arguments):
        places = ["--results-dir", str(tmp_path / "results"), "--output", str(tmp_path / "output")]
        code = app([*arguments, *places], standalone_mode=False)
        return code, capsys.readouterr()

    return run


def test_it_writes_page_and_json_names_them_and_exits_with_the_verdict(stored_run, run_command, tmp_path):
    code, printed = run_command("rack")
    folder = tmp_path / "output" / "rack" / stored_run.name
    assert code == 1, "a value of the stored run fails"
    assert printed.out.splitlines() == [str(folder / "report.html"), str(folder / "report.json")]
    assert (tmp_path / "output" / "rack" / "latest" / "report.html").read_text().startswith("<!doctype html>")


def test_json_goes_to_standard_output_alone(stored_run, run_command, tmp_path):
    _, printed = run_command("rack", "--json", "--run", stored_run.name)
    assert printed.out == (tmp_path / "output" / "rack" / stored_run.name / "report.json").read_text()
    assert json.loads(printed.out)["provenance"]["run_folder"] == f"results/rack/{stored_run.name}"


def test_open_shows_the_page(stored_run, run_command, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run_command("rack", "--open")
    assert [address.startswith("file:///") and address.endswith("/report.html") for address in opened] == [
        True
    ]
