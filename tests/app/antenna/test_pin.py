"""Pinning a host's key: what is refused before any host is asked."""

import pytest

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.app.antenna.pin import pin
from millwright.core.errors import BadInputError


@pytest.fixture
def site(tmp_path, rack_reached_by):
    """The rack with an OpenSSH configuration of its own, and its file of known hosts."""
    known = tmp_path / "known_hosts"
    return rack_reached_by(f'Host *\n  UserKnownHostsFile "{known}"\n'), known


def test_a_key_is_pinned_from_its_file(site, tmp_path):
    facility, known = site
    public = public_half(ensure_key_pair(tmp_path, "host", comment="gw"))
    confirmed = fingerprint(public)
    outcome = pin(facility, "rack-antenna", confirmed, public)
    assert (outcome.host, outcome.fingerprint, outcome.changed) == ("rack-antenna", confirmed, True)
    assert known.read_text().startswith("10.91.0.41,rack-antenna ssh-ed25519 ")
    assert pin(facility, "rack-antenna", confirmed, public).changed is False


def test_every_problem_is_listed_at_once(site):
    with pytest.raises(BadInputError) as error:
        pin(site[0], "rack-c1", "MD5:aa", None)
    text = str(error.value)
    assert "'rack-c1' is neither a gateway nor the login node" in text
    assert "expected one of rack-antenna, rack-antenna2, rack-login" in text
    assert "expected SHA256: and 43 characters" in text
    assert not site[1].exists()
