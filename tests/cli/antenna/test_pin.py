"""``millwright antenna pin``: what is printed, and the exit code."""

import json

import pytest

from millwright.app.antenna import pin as application
from millwright.app.antenna.pin import PinnedKey
from millwright.cli.main import run

ARGUMENTS = ["antenna", "pin", "rack", "rack-antenna", "--fingerprint", "SHA256:x", "--key", "key.pub"]


@pytest.fixture
def given(monkeypatch):
    """The arguments of the pinning, which changes something only once."""
    calls = []

    def pin(facility, host, fingerprint, key_file):
        calls.append((facility, host, fingerprint, str(key_file)))
        return PinnedKey(facility=facility, host=host, fingerprint=fingerprint, changed=len(calls) == 1)

    monkeypatch.setattr(application, "pin", pin)
    return calls


def test_the_pinned_key_is_printed(given, capsys):
    assert run(ARGUMENTS) == 0
    assert capsys.readouterr().out == "rack-antenna: pinned: SHA256:x\n"
    assert given == [("rack", "rack-antenna", "SHA256:x", "key.pub")]
    assert run(ARGUMENTS) == 0
    assert capsys.readouterr().out == "rack-antenna: was pinned before: SHA256:x\n"


def test_json_names_its_form(given, capsys):
    assert run([*ARGUMENTS, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["changed"]) == ("millwright-antenna-pin/1", True)


def test_every_problem_is_printed_at_once(capsys):
    assert run(["antenna", "pin", "rack", "rack-c1", "--fingerprint", "MD5:aa"]) == 2
    printed = capsys.readouterr().err
    assert "'rack-c1' is neither a gateway nor the login node, expected one of rack-antenna" in printed
    assert "expected SHA256: and 43 characters" in printed
