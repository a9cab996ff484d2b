"""A bag as one file (``.zip``, ``.tar.gz``) or a folder: whole or not at all, equal for equal content."""

import errno
import gzip
import io
import os
import secrets
import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from millwright.core.errors import BadInputError, NotTestableError, Problem
from millwright.results.archive.bag import PAYLOAD, Member, tag_files

EPOCH_S = 315_532_800
"""Modification time of every file of an archive: 1980-01-01, the first that zip can hold."""
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
CHUNK_BYTES = 1024 * 1024
FILE_MODE = 0o644

Source = Path | bytes
"""Content of a file: that of another one, or the bytes themselves."""


class Summing:
    """The first ``limit`` bytes of a file, summed as they are read: a file that grows has no end."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self.file, self.limit, self.digest, self.size = file, limit, sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        """As of a file."""
        left = self.limit - self.size
        chunk = self.file.read(left if size < 0 else min(size, left))
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk


class Container(Protocol):
    """Something that files are written into, one after the other."""

    def add(self, name: str, content: Summing, size: int) -> None:
        """Write a file of ``size`` bytes."""


def write_bag(target: Path, top: str, payload: Mapping[str, Source], info: Mapping[str, str]) -> None:
    """Write a bag; ``top`` is the folder around it in a ``.zip`` or ``.tar.gz``, another target is a folder.

    ``payload`` is by path below ``data/``. Raises :exc:`BadInputError` if the target exists or a source is no
    regular file, and :exc:`NotTestableError` if it can't be written; then nothing is left of it.
    """
    if target.exists() or target.is_symlink():
        problem = Problem(str(target), "--to", "exists already", "a path that is free", code="MW6281")
        raise BadInputError([problem])
    partial = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        with _container(partial, target.name, top) as container:
            members = {name: _add(container, f"{PAYLOAD}/{name}", payload[name]) for name in sorted(payload)}
            for name, content in tag_files(members, info).items():
                _add(container, name, content)
        _flush(partial)
        partial.rename(target)
        _flush(target.parent)
    except OSError as error:
        raise NotTestableError(f"{target} could not be written: {error}", code="MW6282") from error
    finally:
        _remove(partial)


@contextmanager
def _container(partial: Path, name: str, top: str) -> Iterator[Container]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED) as archive:
            yield _Zip(archive, top)
    elif name.endswith((".tar.gz", ".tgz")):
        with (
            partial.open("xb") as raw,
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield _Tar(tar, top)
    else:
        partial.mkdir()
        yield _Folder(partial)


@dataclass(frozen=True, slots=True)
class _Zip:
    archive: zipfile.ZipFile
    top: str

    def add(self, name: str, content: Summing, size: int) -> None:
        member = zipfile.ZipInfo(f"{self.top}/{name}", ZIP_TIME)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = 3  # Unix, whatever writes it
        member.external_attr = (0o100000 | FILE_MODE) << 16
        member.file_size = size
        with self.archive.open(member, "w") as file:
            shutil.copyfileobj(content, file, CHUNK_BYTES)


@dataclass(frozen=True, slots=True)
class _Tar:
    tar: tarfile.TarFile
    top: str

    def add(self, name: str, content: Summing, size: int) -> None:
        member = tarfile.TarInfo(f"{self.top}/{name}")
        member.size, member.mtime, member.mode = size, EPOCH_S, FILE_MODE
        self.tar.addfile(member, content)


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path

    def add(self, name: str, content: Summing, size: int) -> None:
        del size
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            shutil.copyfileobj(content, file, CHUNK_BYTES)
            file.flush()
            os.fsync(file.fileno())


def _add(container: Container, name: str, source: Source) -> Member:
    with _opened(source) as (file, size):
        summing = Summing(file, size)
        container.add(name, summing, size)
        has_more = file.read(1) != b""
    if summing.size != size or has_more:
        raise OSError(errno.EIO, "changed while it was archived", str(source))
    return Member(summing.digest.hexdigest(), summing.size)


@contextmanager
def _opened(source: Source) -> Iterator[tuple[IO[bytes], int]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source), len(source)
        return
    if source.is_symlink() or not source.is_file():
        raise BadInputError([Problem(str(source), "-", "not a regular file", "a file", code="MW6283")])
    with source.open("rb") as file:
        yield file, os.fstat(file.fileno()).st_size


def _remove(partial: Path) -> None:
    if partial.is_dir() and not partial.is_symlink():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Make sure that a file or folder survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
