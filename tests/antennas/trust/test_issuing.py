"""Certificates for keys that users made at home."""

import datetime
import subprocess

import pytest

from millwright.antennas.ssh.certificate_signing import read_certificate
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust.certificates import new_certificate
from millwright.antennas.trust.issuing import issue_certificate
from millwright.core.errors import BadInputError

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


@pytest.fixture
def home_key(tmp_path):
    return ensure_key_pair(tmp_path / "home", "id_ed25519", comment="ada@home")


def test_the_certificate_is_for_that_key_antenna_and_user(shipped_rack, tmp_path, home_key):
    wanted = new_certificate(shipped_rack, "coast", "ada", now=NOW)
    text = issue_certificate(public_half(home_key), wanted, state=tmp_path / "state")
    (tmp_path / "cert.pub").write_text(text)
    signed = read_certificate(tmp_path / "cert.pub")
    assert signed.key == fingerprint(public_half(home_key))
    assert signed.signer == fingerprint(tmp_path / "state" / "ca" / "user_ca.pub")
    assert signed.certificate.key_id == "rack/coast/ada"


def refusal(shipped_rack, tmp_path, file):
    wanted = new_certificate(shipped_rack, "coast", "ada", now=NOW)
    with pytest.raises(BadInputError) as refused:
        issue_certificate(file, wanted, state=tmp_path / "state")
    return str(refused.value)


def test_a_private_key_is_refused_and_not_shown(shipped_rack, tmp_path, home_key):
    message = refusal(shipped_rack, tmp_path, home_key)
    assert "not one public key" in message
    assert home_key.read_text().splitlines()[1] not in message


@pytest.mark.parametrize("text", ["", "hello\n", "ssh-ed25519 AAAA\n", "\xff\n"])
def test_anything_else_is_refused(shipped_rack, tmp_path, text):
    file = tmp_path / "sent.pub"
    file.write_text(text)
    assert "not one public key" in refusal(shipped_rack, tmp_path, file)


def test_two_keys_and_a_certificate_are_refused(shipped_rack, tmp_path, home_key):
    public = public_half(home_key).read_text()
    file = tmp_path / "sent.pub"
    file.write_text(public + public)
    assert "not one public key" in refusal(shipped_rack, tmp_path, file)
    subprocess.run(
        ["ssh-keygen", "-q", "-s", home_key, "-I", "x", public_half(home_key)],
        check=True,
        capture_output=True,
    )
    certificate = home_key.with_name("id_ed25519-cert.pub")
    assert "not one public key" in refusal(shipped_rack, tmp_path, certificate)


def test_a_missing_file_is_bad_input(shipped_rack, tmp_path):
    assert "No such file" in refusal(shipped_rack, tmp_path, tmp_path / "nowhere.pub")
