"""``millwright antenna revoke``: what is printed, and the exit code."""

import json

import pytest

from millwright.antennas.trust.revocations import Kind
from millwright.app.antenna.revoke import RevocationRequest, RevocationRow, Revocations
from millwright.cli.antenna import revoke as module
from millwright.cli.main import run

ROW = RevocationRow(kind=Kind.USER, value="rack/coast/ada", time="2030-01-01T00:00:00+00:00", reason="left")
LISTED = Revocations(
    facility="rack",
    exit_code=0,
    revoked=(),
    lifted=(),
    in_force=(),
    not_reached={},
    revocations=(ROW,),
)
DONE = LISTED.model_copy(update={"revoked": (ROW,), "in_force": ("factory", "coast")})


@pytest.fixture
def given(monkeypatch):
    """The requests; gives a function that sets the outcome."""
    requests = []

    def set_outcome(name, outcome):
        def answer(_context, _facility, request):
            requests.append(request)
            return outcome

        monkeypatch.setattr(module, name, answer)
        return requests

    return set_outcome


def test_a_revocation_is_printed_with_what_it_does_not_end(given, capsys):
    requests = given("add_revocation", DONE)
    assert run(["antenna", "revoke", "rack", "--user", "ada", "-a", "coast", "--reason", "left"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "revoked  user rack/coast/ada"
    assert lines[1].startswith("in force at: factory, coast. What is open stays open")
    assert requests == [RevocationRequest(user="ada", antenna="coast", reason="left")]


def test_a_lifted_revocation_is_printed_as_such(given, capsys):
    requests = given("lift_revocation", LISTED.model_copy(update={"lifted": (ROW,)}))
    assert run(["antenna", "revoke", "rack", "--serial", "7", "--lift"]) == 0
    assert capsys.readouterr().out == "lifted  user rack/coast/ada\n"
    assert requests == [RevocationRequest(serial=7)]


def test_who_was_not_reached_is_named_and_the_code_is_3(given, capsys):
    given("add_revocation", LISTED.model_copy(update={"exit_code": 3, "not_reached": {"hills": "down"}}))
    assert run(["antenna", "revoke", "rack", "--ca", "ca.pub"]) == 3
    printed = capsys.readouterr()
    assert printed.out == "nothing new was revoked\n"
    assert printed.err == "hills: NOT REACHED, run it again: down\n"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ((ROW,), "2030-01-01T00:00:00+00:00  user   rack/coast/ada  left\n"),
        ((), "nobody is revoked\n"),
    ],
)
def test_the_list_is_printed_and_nothing_is_distributed(monkeypatch, capsys, rows, line):
    listed = LISTED.model_copy(update={"revocations": rows})
    monkeypatch.setattr(module, "list_revocations", lambda _: listed)
    assert run(["antenna", "revoke", "rack", "--list"]) == 0
    assert capsys.readouterr().out == line


def test_json_names_its_form(given, capsys):
    given("add_revocation", DONE)
    assert run(["antenna", "revoke", "rack", "--key", "SHA256:x", "--json"]) == 0
    assert Revocations(**json.loads(capsys.readouterr().out)) == DONE


def test_two_things_at_once_are_bad_input(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(["antenna", "revoke", "rack", "--user", "ada", "--serial", "7"]) == 2
    assert "2 of --user, --serial, --key and --ca, expected one of them" in capsys.readouterr().err
