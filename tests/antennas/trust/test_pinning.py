"""Only the key whose fingerprint was told is pinned, and then no other one counts."""

import stat
import subprocess
from pathlib import Path

import pytest

from millwright.antennas.ssh.host_keys import SshTarget, pinned_keys
from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.antennas.trust import pinning as module
from millwright.antennas.trust.pinning import pin_host_key
from millwright.core.errors import BadInputError, FailedError, NotTestableError


@pytest.fixture
def target(tmp_path):
    return SshTarget(
        host="gw",
        address="192.0.2.1",
        port=22,
        user="root",
        identity_files=(),
        identities_only=True,
        known_hosts_files=(tmp_path / "ssh" / "known_hosts",),
        names_in_known_hosts=("192.0.2.1", "gw"),
    )


@pytest.fixture
def key_of(tmp_path):
    """A host's public key: its file, its text and its fingerprint."""

    def make(name):
        public = public_half(ensure_key_pair(tmp_path / "keys", name, comment=f"root@{name}"))
        return public, " ".join(public.read_text().split()[:2]), fingerprint(public)

    return make


@pytest.fixture
def shown(monkeypatch):
    """What the host shows to ssh-keyscan."""

    def show(text):
        real = module.run_tool

        def run(arguments, **options):
            if arguments[0] != "ssh-keyscan":
                return real(arguments, **options)
            return subprocess.CompletedProcess(arguments, 0, stdout=text, stderr="")

        monkeypatch.setattr(module, "run_tool", run)

    return show


def test_a_key_from_a_file_is_pinned_once(target, key_of):
    public, key, told = key_of("a")
    assert pin_host_key(target, told, key_file=public)
    assert pinned_keys(target) == (key,)
    assert not pin_host_key(target, told, key_file=public)


def test_a_key_off_the_wire_is_pinned_where_it_is_the_one_that_was_told(target, key_of, shown):
    _, key, told = key_of("a")
    shown(f"# 192.0.2.1:22 SSH-2.0-OpenSSH_10.0\n192.0.2.1 {key}\n")
    assert pin_host_key(target, told)
    assert pinned_keys(target) == (key,)


def test_another_key_is_never_pinned(target, key_of, shown):
    (public, key, _), (_, _, told) = key_of("a"), key_of("b")
    shown(f"192.0.2.1 {key}\n")
    with pytest.raises(FailedError, match="nothing was pinned"):
        pin_host_key(target, told)
    with pytest.raises(BadInputError, match="expected the ssh-ed25519 key SHA256:"):
        pin_host_key(target, told, key_file=public)
    assert not target.known_hosts_files[0].exists()


def test_a_host_that_shows_nothing_is_no_proof(target, key_of, shown):
    shown("")
    with pytest.raises(NotTestableError, match="bring its file with --key"):
        pin_host_key(target, key_of("a")[2])


def test_a_new_key_replaces_the_old_one_and_no_other_hosts(target, key_of):
    (old_file, _, old), (new_file, new, told) = key_of("a"), key_of("b")
    file = target.known_hosts_files[0]
    pin_host_key(target, old, key_file=old_file)
    with file.open("a") as stream:
        stream.write(f"192.0.2.9 {new}\n@cert-authority *.example {new}\n")
    file.chmod(0o640)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", file], check=True, capture_output=True)
    assert pin_host_key(target, told, key_file=new_file)
    assert pinned_keys(target) == (new,)
    rest = subprocess.run(["ssh-keygen", "-F", "192.0.2.9", "-f", file], capture_output=True, check=False)
    assert rest.returncode == 0
    assert "@cert-authority *.example" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) & 0o007 == 0
    assert [path for path in file.parent.iterdir() if path.name.startswith(".pin-")] == []


def test_what_is_no_key_is_refused(target, tmp_path):
    for text in ("", "ssh-rsa AAAA x\n", "\xff"):
        (tmp_path / "file").write_text(text, encoding="latin-1")
        with pytest.raises(BadInputError):
            pin_host_key(target, f"SHA256:{'A' * 43}", key_file=tmp_path / "file")
    with pytest.raises(BadInputError):
        pin_host_key(target, f"SHA256:{'A' * 43}", key_file=Path("/nowhere"))
