"""A change of the user CA on real hosts: old and new open every door meanwhile, and then only the new one."""

import pytest
from rack_rotation import (
    CA,
    end_overlap,
    end_rotation,
    gives_back,
    keep_private_key,
    knock,
    open_session,
    rotate,
    signer_of,
)
from rack_secrets import Watch
from rack_user import AtHome

from millwright.antennas.proof.proofs import Answer
from millwright.antennas.ssh.keys import fingerprint

pytestmark = pytest.mark.rack

BOTH_OPEN, BOTH_REFUSE = [Answer.ENTERED] * 2, [Answer.REFUSED] * 2


@pytest.fixture(scope="module")
def old(antennas, tmp_path_factory):
    """Ada with a certificate of the CA that is to go."""
    return AtHome.settle(tmp_path_factory.mktemp("old"), "coast", "ada")


@pytest.fixture(scope="module")
def session(old):
    """A session that was open before anything changed."""
    with open_session(old) as opened:
        yield opened


@pytest.fixture(scope="module")
def old_ca(old, tmp_path_factory):
    return keep_private_key(tmp_path_factory.mktemp("stolen"))


@pytest.fixture(scope="module")
def watch(antennas):
    """Sees whether a private key comes to light while they change."""
    return Watch(antennas)


@pytest.fixture(scope="module")
def overlap(session, old_ca, watch):
    """What is told once everyone trusts both and the new one signs."""
    try:
        code, words, found = rotate("rack", run=watch.run)
        assert code == 0, words
        yield found
    finally:
        end_rotation()


def test_meanwhile_the_new_ca_signs_and_both_open_every_door(overlap, old, old_ca, shipped_rack, tmp_path):
    assert (overlap["phase"], overlap["other"]) == ("overlap", fingerprint(old_ca))
    new = AtHome.settle(tmp_path / "ada", "coast", "ada")
    other_gateway = AtHome.settle(tmp_path / "bea", "hills", "bea")
    assert [signer_of(home) for home in (old, new, other_gateway)] == [
        overlap["other"],
        overlap["signs"],
        overlap["signs"],
    ]
    for home, user in ((old, "ada"), (new, "ada"), (other_gateway, "bea")):
        done = home.run("ssh", home.alias, "id -un")
        assert (done.stdout, done.stderr) == (f"{user}\n", "")
    for ca in (old_ca, CA.current):
        assert knock(shipped_rack, ca, tmp_path) == BOTH_OPEN


def test_the_overlap_does_not_end_early(overlap):
    assert rotate("rack")[2] == overlap


@pytest.fixture(scope="module")
def withdrawn(overlap, watch):
    """What is told after the overlap."""
    end_overlap(CA)
    code, words, found = rotate("rack", run=watch.run)
    assert code == 0, words
    return found


def test_after_the_overlap_the_old_ca_opens_nothing(withdrawn, old, old_ca, shipped_rack, tmp_path):
    assert (withdrawn["phase"], withdrawn["other"]) == ("steady", None)
    assert knock(shipped_rack, old_ca, tmp_path) == BOTH_REFUSE
    done = old.run("ssh", old.alias, "id -un", check=False)
    assert done.returncode == 255
    assert "Permission denied" in done.stderr
    assert AtHome.settle(tmp_path / "ada", "coast", "ada").at_factory("id -un") == "ada\n"


def test_a_session_that_was_open_before_goes_on(withdrawn, session):
    assert gives_back(session, b"still there\n")


def test_no_private_key_came_to_light_meanwhile(withdrawn, watch, old_ca):
    assert {old_ca.read_bytes(), CA.current.read_bytes()} <= set(watch.secrets.values())
    watch.assert_nothing_came_to_light()
