"""What a checkout holds beside its commit: the difference of tracked files, and a list of untracked ones."""

import hashlib
from pathlib import Path

from millwright.adapters.here.provenance import ask_git

MAX_DIFF_BYTES = 16 * 1024 * 1024
MAX_UNTRACKED = 2000
MAX_HASHED_BYTES = 256 * 1024 * 1024
"""A larger untracked file is listed by its size."""


def checkout_changes(checkout: Path) -> bytes:
    """Changes since the commit, as ``git apply`` reads them; empty for a clean checkout or outside of git.

    Untracked files come first, as comments with SHA-256 and size; files that git ignores are left out. The
    difference holds the changed lines themselves.
    """
    if ask_git(checkout, "rev-parse", "--show-toplevel") != str(checkout.resolve()).encode() + b"\n":
        return b""
    names = (ask_git(checkout, "ls-files", "--others", "--exclude-standard", "-z") or b"").split(b"\0")
    lines = [_describe(checkout, name.decode(errors="surrogateescape")) for name in names if name]
    more = len(lines) - MAX_UNTRACKED
    listed = lines[:MAX_UNTRACKED] + ([f"# and {more} more untracked files"] if more > 0 else [])
    untracked = "".join(f"{line}\n" for line in listed)
    return untracked.encode() + _limited(
        ask_git(checkout, "diff", "--binary", "--no-ext-diff", "HEAD") or b""
    )


def _describe(checkout: Path, name: str) -> str:
    path = checkout / name
    shown = ascii(name)[1:-1]
    if path.is_symlink() or not path.is_file():
        return f"# untracked: no regular file: {shown}"
    size = path.stat().st_size
    if size > MAX_HASHED_BYTES:
        return f"# untracked: not hashed, {size} bytes: {shown}"
    with path.open("rb") as file:
        return f"# untracked: sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}, {size} bytes: {shown}"


def _limited(diff: bytes) -> bytes:
    if len(diff) <= MAX_DIFF_BYTES:
        return diff
    digest = hashlib.sha256(diff).hexdigest()
    return f"# the difference has {len(diff)} bytes and is not kept; its sha256 is {digest}\n".encode()
