"""Unpack an archive that may be hostile: nothing is written outside its folder or without bounds."""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from millwright.core.errors import BadInputError, Problem

MAX_MEMBERS = 500_000
MAX_NAME_CHARACTERS = 1000
MAX_PART_BYTES = 255
LEAST_BYTES = 64 * 1024 * 1024
MAX_RATIO = 300
"""An archive may hold so many times its own size, or :data:`LEAST_BYTES` if that is more."""
MAX_HEADER_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024
MAX_PROBLEMS = 50

BROKEN = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError)
"""Raised for content that is no archive, or a broken one."""


class Readable(Protocol):
    """Something that content is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class _TooLargeError(Exception):
    """An archive that holds more than its size allows."""


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    size: int
    kind: str
    """``file``, ``folder``, or what it is instead."""


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive below an empty folder and return the bag; a bag that is a folder stays where it is.

    Raises :exc:`BadInputError` with every problem: members outside the archive's own folder, links, devices,
    names given twice, encrypted or broken content, and more data than :data:`MAX_RATIO` allows.
    """
    if archive.is_dir():
        _require(archive, _find_irregular(archive))
        return archive
    try:
        with archive.open("rb") as file:
            magic = file.read(4)
        if magic[:2] == b"\x1f\x8b":
            return _unpack_tar(archive, folder)
        if magic in {b"PK\x03\x04", b"PK\x05\x06"}:
            return _unpack_zip(archive, folder)
    except BROKEN as error:
        raise _refused(archive, [("-", f"is broken: {error}")]) from error
    except _TooLargeError as error:
        raise _refused(archive, [("-", str(error))]) from error
    except FileNotFoundError as error:
        problem = Problem(str(archive), "-", "no such file", "an archive of a run", code="MW6284")
        raise BadInputError([problem]) from error
    except OSError as error:
        problem = Problem(str(archive), "-", f"can't be unpacked: {error}", "room to unpack", code="MW6288")
        raise BadInputError([problem]) from error
    raise _refused(archive, [("-", "neither zip nor tar.gz")])


def _unpack_zip(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        members = [_zip_member(info) for info in infos]
        _require(archive, _find_problems(members, _limit_of(archive)))
        for info, member in zip(infos, members, strict=True):
            if member.kind == "file":
                with opened.open(info) as content:
                    _write(folder / member.name, content, member.size)
    return _top_of(archive, folder, members)


def _zip_member(info: zipfile.ZipInfo) -> _Member:
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    kind = "folder" if info.is_dir() else "file"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        kind = "a link or device"
    elif info.flag_bits & 0x1:
        kind = "encrypted"
    elif info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        kind = "compressed by an unusual method"
    # orig_filename is what the archive says: filename is already cut at a NUL
    return _Member(info.orig_filename, info.file_size, kind)


def _unpack_tar(archive: Path, folder: Path) -> Path:
    """Decompressed first, so that bounds hold before any header is read."""
    plain = folder / ".tar"
    limit = _limit_of(archive)
    with gzip.open(archive) as packed, plain.open("xb") as written:
        _copy(packed, written, limit, f"holds more than {limit} bytes, {MAX_RATIO} times its own size")
    with _BoundedFile(plain, "rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        infos = list(_bounded(tar))
        members = [_tar_member(info) for info in infos]
        _require(archive, _find_problems(members, limit))
        for info, member in zip(infos, members, strict=True):
            if member.kind == "file" and (content := tar.extractfile(info)) is not None:
                _write(folder / member.name, content, member.size)
    plain.unlink()
    return _top_of(archive, folder, members)


class _BoundedFile(io.FileIO):
    """A file of which no header can make the reader allocate gigabytes at once."""

    def read(self, size: int | None = -1, /) -> Any:  # noqa: ANN401 - as its base declares it
        if size is None or size < 0 or size > MAX_HEADER_BYTES:
            raise tarfile.ReadError(f"a header of {size} bytes")
        return super().read(size)


def _bounded(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for number, info in enumerate(tar):
        if number > MAX_MEMBERS:
            raise _TooLargeError(f"holds more than {MAX_MEMBERS} members")
        yield info


def _tar_member(info: tarfile.TarInfo) -> _Member:
    if info.isdir():
        return _Member(f"{info.name}/", 0, "folder")
    is_plain = info.type in {tarfile.REGTYPE, tarfile.AREGTYPE} and not info.sparse
    return _Member(info.name, info.size, "file" if is_plain else "a link or device")


def _find_problems(members: list[_Member], limit: int) -> Iterator[tuple[str, str]]:
    if len(members) > MAX_MEMBERS:
        yield "-", f"holds {len(members)} members, more than {MAX_MEMBERS}"
        return
    total = sum(member.size for member in members)
    if total > limit:
        yield "-", f"holds {total} bytes, more than {MAX_RATIO} times its own size"
    names = [member.name.rstrip("/") for member in members]
    files = {member.name for member in members if member.kind == "file"}
    tops = {name.split("/")[0] for name in names}
    if len(tops) != 1:
        yield "-", f"holds {len(tops)} folders at the top, one is needed"
    seen: set[str] = set()
    for member, name in zip(members, names, strict=True):
        if member.kind not in {"file", "folder"}:
            yield name, f"is {member.kind}"
        if reason := _find_bad_name(name):
            yield name, reason
        if name in seen:
            yield name, "is given twice"
        seen.add(name)
        if any(str(parent) in files for parent in PurePosixPath(name).parents):
            yield name, "is inside of a file"


def _find_bad_name(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or (len(name) > 1 and name[1] == ":"):
        return "is not a relative path of this archive"
    if any(part in {"", ".", ".."} for part in parts):
        return "leaves the archive's folder or is not in plain form"
    if not name.isprintable() or len(name) > MAX_NAME_CHARACTERS:
        return "has a name that can't be stored"
    if any(len(part.encode(errors="replace")) > MAX_PART_BYTES for part in parts):
        return "has a name that is too long"
    return ""


def _find_irregular(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield path.relative_to(folder).as_posix(), "is a link or device"


def _limit_of(archive: Path) -> int:
    return max(LEAST_BYTES, MAX_RATIO * archive.stat().st_size)


def _top_of(archive: Path, folder: Path, members: list[_Member]) -> Path:
    if not members:
        raise _refused(archive, [("-", "is empty")])
    return folder / members[0].name.split("/")[0]


def _write(place: Path, content: Readable, size: int) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as file:
        _copy(content, file, size, f"{place.name} holds more than its {size} bytes")


def _copy(source: Readable, target: IO[bytes], limit: int, excess: str) -> None:
    left = limit
    while chunk := source.read(CHUNK_BYTES):
        left -= len(chunk)
        if left < 0:
            raise _TooLargeError(excess)
        target.write(chunk)


def _require(archive: Path, problems: Iterable[tuple[str, str]]) -> None:
    found = list(problems)
    if found:
        raise _refused(archive, found)


def _refused(archive: Path, problems: list[tuple[str, str]]) -> BadInputError:
    """All problems of an archive, long lists cut; names are shown escaped."""
    more = len(problems) - MAX_PROBLEMS
    shown = problems[:MAX_PROBLEMS] + ([("-", f"and {more} more problems")] if more > 0 else [])
    expected = "an archive as millwright results archive writes it"
    return BadInputError(
        Problem(str(archive), ascii(name)[1:-1][:200], what, expected, code="MW6285") for name, what in shown
    )


def refuse_bag(archive: Path, problems: Iterable[tuple[str, str]]) -> None:
    """Raise :exc:`BadInputError` with every problem of an unpacked bag, if there is any."""
    _require(archive, problems)
