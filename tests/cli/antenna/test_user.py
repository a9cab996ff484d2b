"""``millwright antenna config`` and ``certify``: only what a user gets goes to standard output."""

import json

import pytest

from millwright.app.antenna import user as application
from millwright.app.antenna.user import AntennaConfig, UserConfig
from millwright.cli.main import run

ADA, BEA = (
    UserConfig(
        antenna="coast",
        user=name,
        config=f"/state/{name}/ssh_config",
        certificate=f"/state/{name}/cert.pub",
        valid_before="2030-01-01T00:00:00+00:00",
        printed=f"# {name}\nHost rack-coast\n",
    )
    for name in ("ada", "bea")
)


@pytest.fixture(autouse=True)
def given(monkeypatch):
    """The antenna and user of each call."""
    calls = []

    def config_of_users(_context, facility, antenna):
        calls.append((antenna, "all"))
        return AntennaConfig(facility=facility, users=(ADA, BEA))

    def config_of_user(_context, facility, antenna, user):
        calls.append((antenna, user))
        return AntennaConfig(facility=facility, users=(ADA, BEA) if user is None else (BEA,))

    monkeypatch.setattr(application, "config_of_users", config_of_users)
    monkeypatch.setattr(application, "config_of_user", config_of_user)
    return calls


def test_the_configuration_alone_goes_to_standard_output(given, capsys):
    assert run(["antenna", "config", "rack"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "# ada\nHost rack-coast\n\n# bea\nHost rack-coast\n"
    assert printed.err.splitlines()[0] == "coast/ada: ssh -F /state/ada/ssh_config factory"
    assert given == [(None, None)]


@pytest.mark.parametrize(
    ("options", "call", "users"),
    [
        ([], (None, "all"), ["ada", "bea"]),
        (["-a", "coast", "-u", "bea"], ("coast", "bea"), ["bea"]),
    ],
)
def test_json_holds_every_user_unless_one_is_named(given, capsys, options, call, users):
    assert run(["antenna", "config", "rack", "--json", *options]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["format"] == "millwright-antenna-config/1"
    assert [row["user"] for row in printed["users"]] == users
    assert given == [call]


def test_a_certificate_is_all_that_is_printed(monkeypatch, capsys):
    calls = []

    def certify(_context, facility, antenna, user, public_key):
        calls.append((facility, antenna, user, str(public_key)))
        return "ssh-ed25519-cert-v01@openssh.com AAAA\n"

    monkeypatch.setattr(application, "certify", certify)
    assert run(["antenna", "certify", "rack", "ada.pub", "-a", "coast", "-u", "ada"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("ssh-ed25519-cert-v01@openssh.com AAAA\n", "")
    assert calls == [("rack", "coast", "ada", "ada.pub")]
