"""The module that refuses certification authorities that nobody pinned."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("trusted_cas", ROOT / "playbooks/library/trusted_cas.py")
module = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(module)


@pytest.fixture
def key(tmp_path):
    """A key made by ssh-keygen, and the fingerprint that ssh-keygen names."""
    path = tmp_path / "user_ca"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", path], check=True, capture_output=True, text=True
    ).stdout
    return path, printed.split()[1]


def test_fingerprints_are_those_of_ssh_keygen(key):
    path, expected = key
    assert module.fingerprints(path.with_name("user_ca.pub")) == [expected]


def test_the_own_keys_are_the_current_the_next_and_the_former(key):
    path, expected = key
    path.with_name("user_ca.former.pub").write_text("ssh-ed25519 AAAA\n")
    path.with_name("user_ca_staging.pub").write_text("ssh-ed25519 BBBB\n")
    assert module.own_fingerprints(str(path)) == {expected, module.fingerprint("ssh-ed25519 AAAA")}


@pytest.mark.parametrize(
    ("found", "own", "pinned", "wrong"),
    [
        (["a"], {"a"}, set(), 0),
        (["a", "p"], {"a"}, {"p"}, 0),
        (["a", "x"], {"a"}, {"p"}, 2),
        (["x"], {"a"}, set(), 1),
        (["a"], {"a"}, {"p"}, 1),
        ([], {"a"}, set(), 1),
    ],
)
def test_only_own_and_pinned_keys_pass(found, own, pinned, wrong):
    assert len(module.problems(found, own, pinned)) == wrong


@pytest.mark.parametrize("line", ["ssh-ed25519", "ssh-ed25519 no-base64!", "x"])
def test_what_is_no_key_is_refused(line):
    with pytest.raises(ValueError, match="not a public key"):
        module.fingerprint(line)
