"""Key pairs: made once, whole, and never trusted after others could read them."""

import threading

import pytest

from millwright.antennas.ssh.keys import ensure_key_pair, fingerprint, public_half
from millwright.core.errors import BadInputError


def test_a_pair_is_made_once(tmp_path):
    first = ensure_key_pair(tmp_path, "key", comment="c").read_bytes()
    assert ensure_key_pair(tmp_path, "key", comment="c").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "key.pub"]


def test_a_lost_public_key_is_made_again_from_the_private_one(tmp_path):
    key = ensure_key_pair(tmp_path, "key", comment="c")
    before = fingerprint(public_half(key))
    public_half(key).unlink()
    assert fingerprint(public_half(ensure_key_pair(tmp_path, "key", comment="c"))) == before


def test_a_private_key_that_others_could_read_is_refused(tmp_path):
    ensure_key_pair(tmp_path, "key", comment="c").chmod(0o640)
    with pytest.raises(BadInputError, match="0640"):
        ensure_key_pair(tmp_path, "key", comment="c")


def test_folders_on_the_way_are_closed_to_others(tmp_path):
    ensure_key_pair(tmp_path / "a" / "b", "key", comment="c")
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("a", "a/b")] == ["0o700", "0o700"]


def test_two_makers_at_once_get_one_pair(tmp_path):
    found = []
    makers = [
        threading.Thread(
            target=lambda: found.append(ensure_key_pair(tmp_path, "key", comment="c").read_bytes())
        )
        for _ in range(4)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    key = tmp_path / "key"
    public_half(key).rename(tmp_path / "held.pub")
    ensure_key_pair(tmp_path, "key", comment="c")
    assert fingerprint(tmp_path / "held.pub") == fingerprint(public_half(key)), "the halves belong together"
