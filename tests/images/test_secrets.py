"""A secret of the facility in a tree is found, wherever it lies and however it was wrapped."""

import base64
import subprocess

import pytest

from millwright.core.errors import FailedError
from millwright.images.build import refuse_secrets
from millwright.images.secrets import CHUNK_BYTES, find_secrets, secrets_of

KEY = "fH3k9" * 20


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "munge.key").write_text(KEY)
    (folder / "known_hosts").write_text("plant-c1 ssh-ed25519 AAAA\n")
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "user_ca")]
    subprocess.run(argv, check=True)
    return folder


def test_a_clean_tree_passes(tree, state):
    refuse_secrets(tree, state)


@pytest.mark.parametrize("wrap", [str.encode, lambda key: b"x = " + base64.b64encode(key.encode())])
def test_a_munge_key_is_found_and_not_shown(tree, state, wrap):
    (tree / "usr/bin/hidden").write_bytes(b"before " + wrap(KEY) + b" after")
    with pytest.raises(FailedError, match=r"/usr/bin/hidden holds the secret .*munge\.key") as found:
        refuse_secrets(tree, state)
    assert KEY not in str(found.value)


def test_a_secret_on_the_border_of_two_reads_is_found(tree, state):
    content = b"\0" * (CHUNK_BYTES - 30) + KEY.encode() + b"\0" * 100
    (tree / "usr/bin/hidden").write_bytes(content)
    assert len(find_secrets(tree, secrets_of(state))) == 1


def test_the_key_of_a_certification_authority_is_found_by_its_own_part(tree, state):
    (tree / "usr/bin/hidden").write_bytes((state / "user_ca").read_bytes())
    assert "user_ca" in find_secrets(tree, secrets_of(state))[0]


def test_any_private_key_is_refused_where_only_a_site_would_put_it(tree, state, tmp_path):
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "foreign")]
    subprocess.run(argv, check=True)
    (tree / "etc/key").write_bytes((tmp_path / "foreign").read_bytes())
    (tree / "usr/share").mkdir()
    (tree / "usr/share/test-key").write_bytes((tmp_path / "foreign").read_bytes())
    assert find_secrets(tree, secrets_of(state)) == ("/etc/key holds a private key",)


def test_public_halves_are_no_secrets(state):
    assert sorted(name.rpartition("/")[2] for name in secrets_of(state)) == ["munge.key", "user_ca"]


def test_nothing_is_a_secret_where_there_is_no_state(tree, tmp_path):
    assert secrets_of(tmp_path / "nothing") == {}
    assert find_secrets(tree, {}) == ()
