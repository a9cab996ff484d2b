import json

import pytest
import typer

from millwright.cli.measure.report import command
from millwright.core.errors import BadInputError


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


def test_twice_is_the_same_to_the_byte(stored_run, run_command, tmp_path):
    page = tmp_path / "output" / "rack" / stored_run.name / "report.html"
    run_command("rack")
    first = page.read_bytes()
    run_command("rack")
    assert page.read_bytes() == first


def test_a_changed_run_makes_no_report(stored_run, run_command, tmp_path):
    samples = stored_run / "samples.jsonl"
    samples.chmod(0o600)
    samples.write_text(samples.read_text().replace("10.0", "99.0"))
    with pytest.raises(BadInputError, match=r"samples\.jsonl"):
        run_command("rack")
    assert not (tmp_path / "output").exists()


def test_an_unknown_run_names_the_known_ones(stored_run, run_command):
    with pytest.raises(BadInputError, match=stored_run.name):
        run_command("rack", "--run", "20200101T000000Z-00000000")


def test_open_shows_the_page(stored_run, run_command, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    run_command("rack", "--open")
    assert [address.startswith("file:///") and address.endswith("/report.html") for address in opened] == [
        True
    ]
