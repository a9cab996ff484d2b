"""What the code of an error means."""

import pytest

from millwright.app.site.explain import explain_code
from millwright.cli.main import run
from millwright.core.errors import BadInputError


@pytest.mark.parametrize("text", ["MW1203", "mw1203", "[MW1203]"])
def test_a_code_is_explained_as_it_was_copied(text):
    found = explain_code(text)
    assert (found.code, found.title) == ("MW1203", "Unknown node class")
    assert found.example.endswith("[MW1203]")


def test_an_unknown_code_is_refused_with_the_closest_one():
    with pytest.raises(
        BadInputError, match=r"MW12O3: no such code, expected a code such as MW1203; did you mean MW1"
    ):
        explain_code("MW12O3")


def test_the_command_prints_title_example_and_action(capsys):
    assert run(["explain", "MW1203"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("MW1203: Unknown node class\n")
    assert "unknown node class 'plian', expected one of plain; did you mean plain?" in printed
    assert printed.endswith("or add the class under node_classes.\n")
