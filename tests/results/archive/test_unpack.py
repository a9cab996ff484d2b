"""Archives made by an adversary: refused with all problems, and nothing written outside."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
import zlib

import pytest

from millwright.core.errors import BadInputError
from millwright.results.archive import unpack as module
from millwright.results.archive.unpack import unpack

BAD_NAMES = {
    "../outside": "leaves the archive's folder",
    "top/../../outside": "leaves the archive's folder",
    "/etc/outside": "is not a relative path",
    "C:\\outside": "is not a relative path",
    "top\\..\\outside": "is not a relative path",
    "top//x": "leaves the archive's folder or is not in plain form",
    "top/./x": "leaves the archive's folder or is not in plain form",
    "top/a\nb": "has a name that can't be stored",
    "top/\x1b[2J": "has a name that can't be stored",
    "top/" + "x" * 300: "has a name that is too long",
    "top/" + "y/" * 600 + "z": "has a name that can't be stored",
}


def make_zip(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def make_tar(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for member, content in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def refused(tmp_path):
    """Unpack an archive into a folder of its own; the problems it was refused for."""
    folder = tmp_path / "around" / "unpacked"
    folder.mkdir(parents=True)

    def run(archive):
        with pytest.raises(BadInputError) as caught:
            unpack(archive, folder)
        assert set((tmp_path / "around").iterdir()) == {folder}
        return str(caught.value)

    return run


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_leave_the_archive(tmp_path, refused, name):
    text = refused(make_zip(tmp_path / "x.zip", ("top/fine", b""), (name, b"x")))
    assert BAD_NAMES[name] in text
    assert "\x1b" not in text
    assert BAD_NAMES[name] in refused(make_tar(tmp_path / "x.tar.gz", ("top/fine", b""), (name, b"x")))


def test_links_and_devices(tmp_path, refused):
    link = zipfile.ZipInfo("top/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert "top/link: is a link or device" in refused(make_zip(tmp_path / "x.zip", (link, "/etc/passwd")))
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)
    members = []
    for number, kind in enumerate(kinds):
        info = tarfile.TarInfo(f"top/{number}")
        info.type, info.linkname = kind, "/etc/passwd"
        members.append((info, b""))
    text = refused(make_tar(tmp_path / "x.tar.gz", *members))
    assert text.count("is a link or device") == len(kinds)


def test_all_problems_are_listed_at_once(tmp_path, refused):
    text = refused(make_zip(tmp_path / "x.zip", ("../a", b""), ("/b", b""), ("top/x", b""), ("top/x/y", b"")))
    assert all(part in text for part in ("../a: leaves", "/b: is not", "top/x/y: is inside of a file"))
    assert all(line.endswith("[MW6285]") for line in text.splitlines())


def test_a_long_list_of_problems_is_cut(tmp_path, refused):
    text = refused(make_zip(tmp_path / "x.zip", *((f"../{n}", b"") for n in range(500))))
    assert len(text.splitlines()) == module.MAX_PROBLEMS + 1


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_given_twice(tmp_path, refused):
    assert "is given twice" in refused(make_zip(tmp_path / "x.zip", ("top/a", b"1"), ("top/a", b"2")))
    assert "is given twice" in refused(make_tar(tmp_path / "x.tar.gz", ("top/a", b"1"), ("top/a", b"2")))


def test_bombs(tmp_path, refused, monkeypatch):
    monkeypatch.setattr(module, "LEAST_BYTES", 1024)
    zeros = bytes(8 * 1024 * 1024)
    assert "times its own size" in refused(make_zip(tmp_path / "x.zip", ("top/zeros", zeros)))
    assert "times its own size" in refused(make_tar(tmp_path / "x.tar.gz", ("top/zeros", zeros)))


def test_a_zip_that_understates_a_size_is_refused(tmp_path, refused):
    path = make_zip(tmp_path / "x.zip", ("top/a", b"x" * 5000))
    content = path.read_bytes().replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(content)
    assert "is broken" in refused(path)


def test_a_header_that_asks_for_gigabytes(tmp_path, refused):
    info = tarfile.TarInfo("top/x")
    info.type, info.size = tarfile.XHDTYPE, 8 * 1024**3
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(info.tobuf() + bytes(1024)))
    assert "is broken" in refused(path)


@pytest.mark.parametrize("cut", [3, 40, 200, -30])
def test_cut_and_foreign_files(tmp_path, refused, cut):
    for path in (
        make_zip(tmp_path / "x.zip", ("top/a", os.urandom(400))),
        make_tar(tmp_path / "x.tar.gz", ("top/a", os.urandom(400))),
    ):
        path.write_bytes(path.read_bytes()[:cut])
        assert "[MW6285]" in refused(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b", zlib.compress(b"x"), b"PK\x05\x06"])
def test_what_is_no_archive(tmp_path, refused, content):
    (tmp_path / "x.zip").write_bytes(content)
    assert "[MW6285]" in refused(tmp_path / "x.zip")


def test_no_such_archive(tmp_path, refused):
    assert "no such file" in refused(tmp_path / "none.zip")


def test_an_empty_archive_and_one_of_several_folders(tmp_path, refused):
    assert "0 folders at the top" in refused(make_zip(tmp_path / "x.zip"))
    assert "2 folders at the top" in refused(make_zip(tmp_path / "y.zip", ("a/x", b""), ("b/x", b"")))


def test_a_folder_with_a_link_is_refused(tmp_path, refused):
    (tmp_path / "bag/data").mkdir(parents=True)
    (tmp_path / "bag/data/link").symlink_to("/etc/passwd")
    assert "data/link: is a link or device" in refused(tmp_path / "bag")
