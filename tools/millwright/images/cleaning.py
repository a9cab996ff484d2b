"""Take everything out of a tree that belongs to one node, to this machine or to the past."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

EMPTIED = ("etc/machine-id", "etc/resolv.conf")
"""Files that must be there: systemd gives a node its own machine-id where it finds this one empty."""

REMOVED = (
    "etc/dpkg/dpkg.cfg.d/90millwright-build",
    "etc/hostname",
    "etc/mailname",
    "etc/munge/munge.key",
    "etc/ssh/ssh_host_*",
    "etc/ssl/private/*",
    "root/.ansible",
    "root/.bash_history",
    "root/.ssh",
    "var/backups/*",
    "var/cache/apt/*",
    "var/cache/debconf/*-old",
    "var/cache/ldconfig/*",
    "var/lib/apt/lists/*",
    "var/lib/chrony/*",
    "var/lib/dbus/machine-id",
    "var/lib/dpkg/*-old",
    "var/lib/systemd/random-seed",
    "var/lib/systemd/credential.secret",
    "tmp/*",
    "tmp/.[!.]*",
    "var/tmp/*",
    "run/*",
)
"""Patterns below the root."""

LOGS = "var/log"
FOR_ALL = frozenset({"etc/hosts", "etc/ssh/ssh_known_hosts"})
"""Files that name every host of the facility, and so are no node's own."""
MAX_TEXT_BYTES = 1 << 20


def clean(tree: Path, node: str, since_s: float, archive_stays: bool) -> tuple[str, ...]:
    """Remove identity, logs and caches; return the files that the roles wrote for one node alone.

    Those name ``node`` and were written after ``since_s`` (seconds since 1970); ``apply`` brings them.
    """
    for name in EMPTIED:
        _empty(tree / name)
    for pattern in (*REMOVED, *(() if archive_stays else ("etc/apt/sources.list",))):
        for path in tree.glob(pattern):
            _remove(path)
    for path in _files(tree / LOGS):
        path.unlink()
    own = tuple(sorted(_own_files(tree, node, since_s)))
    for name in own:
        (tree / name).unlink()
    return own


def _empty(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o444 if path.name == "machine-id" else 0o644)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _files(top: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(top):
        yield from (Path(parent) / name for name in names)


def _own_files(tree: Path, node: str, since_s: float) -> Iterator[str]:
    word = re.compile(rb"(?<![\w.-])" + re.escape(node.encode()) + rb"(?![\w-])")
    for path in _files(tree / "etc"):
        if path.is_symlink() or not path.is_file() or path.stat().st_mtime < since_s:
            continue
        name = path.relative_to(tree).as_posix()
        if name not in FOR_ALL and path.stat().st_size < MAX_TEXT_BYTES and word.search(path.read_bytes()):
            yield name


def set_back(tree: Path, epoch_s: int) -> None:
    """Let no file be younger than the epoch, so that the hour of the build is in no image."""
    for parent, folders, names in os.walk(tree, topdown=False):
        for name in (*names, *folders):
            _set_back(Path(parent) / name, epoch_s)
    _set_back(tree, epoch_s)


def _set_back(path: Path, epoch_s: int) -> None:
    if path.lstat().st_mtime > epoch_s:
        os.utime(path, (epoch_s, epoch_s), follow_symlinks=False)
