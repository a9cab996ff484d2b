"""What is asked of a simulation is checked before minutes of it."""

import pytest

from millwright.cli.main import run


@pytest.mark.parametrize("command", ["goodput", "growth", "queue"])
def test_a_plot_without_a_folder_is_refused_first(tmp_path, capsys, command):
    scenario = tmp_path / "scenario.yaml"
    assert run(["simulate", command, "--example"]) == 0
    scenario.write_text(capsys.readouterr().out)
    assert run(["simulate", command, str(scenario), "--plot", str(tmp_path / "none" / "a.svg")]) == 2
    assert "MW7589" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["goodput", "growth", "queue"])
def test_a_command_without_a_scenario_says_how_to_get_one(capsys, command):
    assert run(["simulate", command]) == 2
    assert "--example" in capsys.readouterr().err
