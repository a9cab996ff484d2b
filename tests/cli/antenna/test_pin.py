"""``millwright antenna pin``: what is refused before any host is asked."""

import json

import pytest
import yaml

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.cli.main import run
from millwright.core.places import checkout


@pytest.fixture
def site(tmp_path, monkeypatch):
    """The rack with an OpenSSH configuration of its own."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    known = tmp_path / "known_hosts"
    (tmp_path / "ssh_config").write_text(f'Host *\n  UserKnownHostsFile "{known}"\n')
    data = yaml.safe_load((checkout() / "inventories" / "rack" / "facility.yaml").read_text())
    data["ssh"]["config"] = str(tmp_path / "ssh_config")
    (tmp_path / "facility.yaml").write_text(yaml.safe_dump(data))
    return str(tmp_path / "facility.yaml"), known


def test_a_key_is_pinned_from_its_file(site, tmp_path, capsys):
    facility, known = site
    public = public_half(ensure_key_pair(tmp_path, "host", comment="gw"))
    told = fingerprint(public)
    arguments = ["antenna", "pin", facility, "rack-antenna", "--fingerprint", told, "--key", str(public)]
    assert run(arguments) == 0
    assert capsys.readouterr().out == f"rack-antenna: pinned: {told}\n"
    assert known.read_text().startswith("10.91.0.41,rack-antenna ssh-ed25519 ")
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False


def test_every_problem_is_told_at_once(site, capsys):
    assert run(["antenna", "pin", site[0], "rack-c1", "--fingerprint", "MD5:aa"]) == 2
    told = capsys.readouterr().err
    assert "'rack-c1' is none, expected one of rack-antenna, rack-antenna2, rack-login" in told
    assert "expected SHA256: and 43 characters" in told
    assert not site[1].exists()
