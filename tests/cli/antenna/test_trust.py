"""``millwright antenna revoke``: what is printed, and the exit codes."""

import json

import pytest

from millwright.cli.antenna import trust as module
from millwright.cli.main import run


@pytest.fixture(autouse=True)
def told(hears):
    return hears(module, "distribute")


def revoked(capsys):
    capsys.readouterr()
    assert run(["antenna", "revoke", "rack", "--list", "--json"]) == 0
    return [(row["kind"], row["value"]) for row in json.loads(capsys.readouterr().out)]


def test_a_user_is_revoked_at_each_antenna_and_taken_back(capsys):
    assert run(["antenna", "revoke", "rack", "--user", "ada", "--reason", "left"]) == 0
    printed = capsys.readouterr().out
    assert "in force at: factory, coast, hills" in printed
    assert "What is open stays open" in printed
    assert revoked(capsys) == [("user", "rack/coast/ada"), ("user", "rack/hills/ada")]
    assert run(["antenna", "revoke", "rack", "--user", "ada", "--antenna", "hills", "--lift"]) == 0
    assert revoked(capsys) == [("user", "rack/coast/ada")]


def test_who_did_not_hear_it_is_named_and_the_code_is_3(told, capsys):
    told["hills"] = "rack-antenna2 is down"
    assert run(["antenna", "revoke", "rack", "--serial", "7"]) == 3
    assert "hills: NOT REACHED, run it again: rack-antenna2 is down" in capsys.readouterr().err
    assert revoked(capsys) == [("serial", "7")]


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--user", "ada", "--serial", "7"],
        ["--user", "mallory"],
        ["--serial", "0"],
        ["--key", "/nowhere"],
        ["--key", "SHA256:x"],
        ["--serial", "7", "--reason", "a\nb"],
    ],
)
def test_bad_input_changes_nothing(options, capsys):
    assert run(["antenna", "revoke", "rack", *options]) == 2
    assert revoked(capsys) == []
