import shutil
import subprocess

import pytest

from millwright.adapters.openssh.signatures import check_signature, sign_file
from millwright.core.errors import FailedError, NotTestableError

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed")


def make_key(path, passphrase=""):
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "x", "-f", str(path)], check=True
    )
    return path


@pytest.fixture
def signed(tmp_path):
    path = tmp_path / "MANIFEST.sha256"
    path.write_text("0  a\r\n0  b\n")
    key = make_key(tmp_path / "key")
    sign_file(path, key)
    return path, tmp_path / "MANIFEST.sha256.sig", key


def allow(tmp_path, key, namespaces="millwright-results"):
    file = tmp_path / "signers"
    public = key.with_suffix(".pub").read_text()
    file.write_text(f'buyer@example.org namespaces="{namespaces}" {public}')
    return file


def test_a_signature_by_an_allowed_signer_is_good_and_names_the_signer(signed, tmp_path):
    path, signature, key = signed
    check = check_signature(path, signature, allow(tmp_path, key))
    assert check.state == "good"
    assert check.detail.startswith("buyer@example.org, SHA256:")


def test_without_a_list_of_signers_the_signer_is_unknown(signed):
    path, signature, _ = signed
    assert check_signature(path, signature).state == "unknown signer"


def test_a_key_that_is_not_on_the_list_is_an_unknown_signer(signed, tmp_path):
    path, signature, _ = signed
    other = make_key(tmp_path / "other")
    assert check_signature(path, signature, allow(tmp_path, other)).state == "unknown signer"


def test_a_signer_who_may_sign_other_things_only_is_unknown(signed, tmp_path):
    path, signature, key = signed
    assert check_signature(path, signature, allow(tmp_path, key, "git")).state == "unknown signer"


@pytest.mark.parametrize(("old", "new"), [(b"a", b"b"), (b"\r\n", b"\n"), (b"", b" ")])
def test_any_changed_byte_makes_the_signature_bad(signed, tmp_path, old, new):
    path, signature, key = signed
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    assert check_signature(path, signature, allow(tmp_path, key)).state == "bad"


def test_a_signature_made_for_another_purpose_is_bad(signed, tmp_path):
    path, signature, key = signed
    signature.unlink()
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "file", path], check=True)
    assert check_signature(path, signature, allow(tmp_path, key)).state == "bad"


@pytest.mark.parametrize(
    "text", ["", "junk", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"]
)
def test_what_is_no_signature_is_bad(signed, tmp_path, text):
    path, signature, key = signed
    signature.write_text(text)
    assert check_signature(path, signature, allow(tmp_path, key)).state == "bad"


def test_a_key_with_a_passphrase_fails_at_once_and_asks_nobody(tmp_path):
    path = tmp_path / "MANIFEST.sha256"
    path.write_text("")
    with pytest.raises(FailedError, match="could not be signed"):
        sign_file(path, make_key(tmp_path / "locked", "secret"))


def test_a_missing_key_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FailedError, match="nokey"):
        sign_file(tmp_path / "file", tmp_path / "nokey")


def test_without_openssh_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotTestableError, match="openssh-client"):
        sign_file(tmp_path / "file", tmp_path / "key")
