"""``millwright demo``: each step is announced, and what was not measured shows in the exit code."""

from pathlib import Path

import pytest

from millwright.app.site.demo import ChainStep, DemoOutcome
from millwright.cli import main
from millwright.cli.site import demo


@pytest.mark.parametrize(("missing", "code"), [(0, 0), (2, 3)])
def test_steps_and_places_are_printed(missing, code, monkeypatch, capsys):
    def run_demo(_context, facility, announce):
        announce(1, 2, ChainStep("Describe: check the facility file", ("facility", "check", facility)))
        return DemoOutcome(
            facility, 90.0, {"run rack": 61.0}, Path("out/report.html"), Path("results"), missing
        )

    monkeypatch.setattr(demo, "run_demo", run_demo)
    assert main.run(["demo", "--facility", "rack"]) == code
    err = capsys.readouterr().err
    for text in (
        "[1/2] Describe",
        "$ millwright facility check rack",
        "1.5 minutes",
        "run rack 61 s",
        "still up",
    ):
        assert text in err
    assert ("2 expected values were not measured" in err) is bool(missing)
