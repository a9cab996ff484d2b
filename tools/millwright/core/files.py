"""Files that are written whole or not at all: a reader sees the old content or the new, never half of it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it replaces ``path`` if the block ends without an error."""
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_atomically(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Replace a file in one step, durably. ``mode`` None leaves its permissions to the umask.

    A link in the place of ``path`` is replaced, not followed.
    """
    with replacing(path) as partial:
        _write_fresh(partial, content, mode)


def write_output(path: Path, content: str | bytes) -> Path:
    """Write a file that a user named like :func:`write_atomically`, and make its folder; gives ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return path


def write_new(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Create a file in one step; raises :exc:`FileExistsError` if there is one of that name."""
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        _write_fresh(partial, content, mode)
        os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_if_changed(path: Path, content: str, *, mode: int | None = None) -> bool:
    """Like :func:`write_atomically`, but leaves a file with the same text alone; whether its text changed."""
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") == content:
        if mode is not None:
            path.chmod(mode)
        return False
    write_atomically(path, content, mode=mode)
    return True


def _write_fresh(path: Path, content: str | bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL  # the last one follows no link either
    descriptor = os.open(path, flags, 0o666 if mode is None else mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        path.chmod(mode)  # the umask may have taken bits away
