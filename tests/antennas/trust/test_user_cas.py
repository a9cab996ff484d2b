"""Whom a facility trusts: pinned by fingerprint, and apart by environment."""

import json

import pytest

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.user_cas import (
    ensure_own_ca,
    own_ca,
    parse_ca_key,
    trust_file,
    write_trust_files,
)
from millwright.core.errors import BadInputError
from millwright.facility.topics.trust import Environment


@pytest.fixture
def efp(tmp_path):
    """The CA of a federation."""
    return public_half(ensure_key_pair(tmp_path / "efp", "ca", comment="efp ssh ca"))


@pytest.fixture
def trusting(tmp_path, facility_with, efp):
    """A facility that trusts the federation's CA in an environment, from a file of this text."""

    def make(text, *, environment="production", pinned=None, hills="production"):
        (tmp_path / "efp.pub").write_text(text)

        def change(data):
            pin = pinned or fingerprint(efp)
            data["user_cas"] = {
                "efp": {"environment": environment, "public_key": "efp.pub", "fingerprint": pin}
            }
            data["antennas"]["hills"]["environment"] = hills

        return facility_with(change)

    return make


def keys_in(state, environment):
    path = trust_file(state, environment)
    return path.read_text().split()[1::2] if path.exists() else None


def test_the_own_ca_is_trusted_where_nothing_is_said(tmp_path, shipped_rack):
    write_trust_files(shipped_rack, tmp_path / "facility.yaml", tmp_path)
    own = public_half(ensure_own_ca(tmp_path, Environment.PRODUCTION)).read_text().split()[1]
    assert keys_in(tmp_path, Environment.PRODUCTION) == [own]
    assert keys_in(tmp_path, Environment.STAGING) is None


@pytest.mark.parametrize("form", ["public key", "json"])
def test_an_outside_ca_is_trusted_beside_it_in_either_form(tmp_path, trusting, efp, form):
    text = efp.read_text() if form == "public key" else json.dumps({"PublicKey": efp.read_text(), "x": 1})
    write_trust_files(trusting(text), tmp_path / "facility.yaml", tmp_path)
    found = keys_in(tmp_path, Environment.PRODUCTION)
    assert len(found) == 2
    assert efp.read_text().split()[1] in found


def test_staging_and_production_trust_different_keys(tmp_path, trusting, efp):
    facility = trusting(efp.read_text(), environment="staging", hills="staging")
    write_trust_files(facility, tmp_path / "facility.yaml", tmp_path)
    production, staging = (set(keys_in(tmp_path, each)) for each in Environment)
    assert efp.read_text().split()[1] in staging
    assert not production & staging
    assert len(staging) == 2


def test_another_fingerprint_is_refused_before_anything_is_written(tmp_path, trusting, efp):
    facility = trusting(efp.read_text(), pinned="SHA256:" + "A" * 43)
    with pytest.raises(BadInputError, match=r"user_cas.efp.public_key: .* expected the key SHA256:AAAA"):
        write_trust_files(facility, tmp_path / "facility.yaml", tmp_path)
    assert not (tmp_path / "trust").exists()
    assert not (tmp_path / "ca").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        '{"PublicKey": 1}',
        "ssh-ed25519",
        "ssh-ed25519 AAAA\nssh-ed25519 BBBB",
        "ssh-ed25519-cert-v01@openssh.com AAAA",
        '{"PublicKey": "ssh-ed25519 AAAA\\nssh-ed25519 BBBB"}',
    ],
)
def test_a_file_that_holds_not_exactly_one_key_is_refused(text):
    with pytest.raises(ValueError, match=r"key|PublicKey|JSON|certificate"):
        parse_ca_key(text)


def test_the_old_and_the_next_key_are_trusted_while_the_ca_changes(tmp_path, shipped_rack):
    ca = own_ca(tmp_path, Environment.PRODUCTION)
    ensure_own_ca(tmp_path, Environment.PRODUCTION)
    ensure_key_pair(ca.folder, ca.following.name, comment="next")
    ca.former.write_text(public_half(ensure_key_pair(tmp_path / "f", "f", comment="former")).read_text())
    write_trust_files(shipped_rack, tmp_path / "facility.yaml", tmp_path)
    assert len(keys_in(tmp_path, Environment.PRODUCTION)) == 3
