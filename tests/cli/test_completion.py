"""Bash, zsh and fish complete commands, subcommands and options."""

import os
import subprocess
import sys

import pytest

SHELLS = ("bash", "zsh", "fish")
START = "from millwright.cli.main import main; main()"


def complete(shell, line):
    """What a shell is offered for a line that ends where the cursor is."""
    words = line.split(" ")
    variables = {
        "_MILLWRIGHT_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    command = [sys.executable, "-c", START]
    done = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "offered", "not_offered"),
    [
        ("millwright re", ("report", "results"), "doctor"),
        ("millwright results ve", ("verify",), "show"),
        ("millwright results verify --ag", ("--against",), "--allowed-signers"),
    ],
)
def test_commands_and_options_are_completed(shell, line, offered, not_offered):
    found = complete(shell, line)
    assert all(word in found for word in offered)
    assert not_offered not in found


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_each_shell_completes_millwright(shell):
    done = subprocess.run(
        [sys.executable, "-c", START, "--show-completion", shell],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"complete_{shell}" in done.stdout
    assert "millwright" in done.stdout
