"""The key that signs runs: made once, kept private, and known to whoever verifies on this account."""

import stat

import pytest

from millwright.adapters.openssh.signatures import NAMESPACE
from millwright.app.signing import FOLDER, known_signers, own_signing_key
from millwright.core.places import STATE_VARIABLE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state" / FOLDER


def test_the_key_is_made_once_and_only_its_owner_reads_it(folder):
    key = own_signing_key()
    before = key.read_bytes()
    assert key == folder / "id_ed25519"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert own_signing_key().read_bytes() == before


def test_its_public_half_is_an_allowed_signer_of_runs_only(folder):
    public = own_signing_key().with_suffix(".pub").read_text().split()[:2]
    signer, namespaces, *key = (folder / "allowed_signers").read_text().split()[:4]
    assert (signer, namespaces) == ("millwright", f'namespaces="{NAMESPACE}"')
    assert key == public


def test_signers_that_an_administrator_added_stay(folder):
    own_signing_key()
    signers = folder / "allowed_signers"
    signers.write_text(signers.read_text() + "# of the other machine\n")
    own_signing_key()
    assert signers.read_text().endswith("# of the other machine\n")


def test_the_signers_given_come_before_the_accounts_own(folder, tmp_path):
    assert known_signers(None) is None
    own_signing_key()
    assert known_signers(None) == folder / "allowed_signers"
    assert known_signers(tmp_path / "theirs") == tmp_path / "theirs"
