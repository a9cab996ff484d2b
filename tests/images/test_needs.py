"""Everything that is missing is named at once, with what brings it."""

import pytest

from millwright.core.errors import NotTestableError
from millwright.images import needs


def test_everything_is_named_at_once(monkeypatch, tmp_path):
    monkeypatch.setattr(needs, "find_program", lambda _name: None)
    monkeypatch.setattr(needs, "KEYRING", tmp_path / "none")
    monkeypatch.setattr(needs.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(needs, "BUILD_MIB", 1 << 40)
    with pytest.raises(NotTestableError) as found:
        needs.require(needs.find_missing("squashfs", tmp_path / "a/b"))
    for words in ("root", "mmdebstrap", "apt-get install", "squashfs-tools", "debian-archive-keyring", "MiB"):
        assert words in str(found.value)


@pytest.mark.parametrize(("has", "kind"), [(True, "squashfs"), (False, "tar.zst")])
def test_squashfs_where_it_can_be_made(monkeypatch, has, kind):
    monkeypatch.setattr(needs, "find_program", lambda name: name if has else None)
    assert needs.choose_format(None) == kind
    assert needs.choose_format("tar.zst") == "tar.zst"
