"""The revocation list of a host: it grows, and shrinks only by what was lifted."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

MODULE = Path(__file__).resolve().parents[2] / "playbooks/library/revoked_keys.py"
spec = importlib.util.spec_from_file_location("revoked_keys", MODULE)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

ADA, BEA = "id: rack/coast/ada\n", "id: rack/hills/bea\n"


class Host:
    """One host's list, and what sshd would make of it."""

    def __init__(self, folder):
        self.list = folder / "revoked_keys"

    def install(self, version, text, **named):
        return module.install(f"# version {version}\n{text}", str(self.list), **named)

    def refuses(self):
        command = ["ssh-keygen", "-Q", "-l", "-f", str(self.list)]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {name for name in ("ada", "bea") if f"/{name}" in shown}


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_a_list_is_made_and_made_once(host):
    assert host.install(1, ADA) == (True, [])
    assert host.refuses() == {"ada"}
    assert host.install(1, ADA) == (False, [])


def test_whoever_read_the_list_before_a_revocation_does_not_undo_it(host):
    host.install(1, ADA)
    host.install(2, ADA + BEA)
    assert host.install(1, ADA) == (False, [])
    assert host.refuses() == {"ada", "bea"}


@pytest.mark.parametrize("text", ["", BEA])
def test_a_list_that_was_lost_takes_nothing_off(host, text):
    host.install(1, ADA)
    assert host.install(2, text) == (False, [ADA.strip()])
    assert host.refuses() == {"ada"}


def test_what_was_lifted_goes(host):
    host.install(1, ADA + BEA)
    assert host.install(2, f"# lifted {ADA}{BEA}") == (True, [])
    assert host.refuses() == {"bea"}


@pytest.mark.parametrize("damage", [None, b"", b"rubbish"])
def test_a_damaged_list_is_made_again_also_from_an_older_text(host, damage):
    host.install(2, ADA + BEA)
    host.list.unlink() if damage is None else host.list.write_bytes(damage)
    assert host.install(1, ADA) == (True, [])
    assert host.refuses() == {"ada", "bea"}


def test_a_check_changes_nothing(host):
    host.install(1, ADA)
    assert host.install(2, ADA + BEA, check=True) == (True, [])
    assert host.refuses() == {"ada"}
