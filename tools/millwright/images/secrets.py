"""Search a tree for what must never be in it: the facility's secrets, and private keys of anybody."""

import base64
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n")
BODY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*(.*?)\s*-----END", re.DOTALL)
ANYONES = ("etc", "home", "opt", "root", "srv", "usr/local", "var")
"""Folders in which any private key is refused; elsewhere packages bring those of their own tests."""
SECRET_NAME = re.compile(r"(key|secret|token|password|passwd)", re.IGNORECASE)
PUBLIC = frozenset({".pub", ".log", ".jsonl", ".yaml"})
MIN_BYTES, MAX_BYTES = 12, 64 << 10
CHUNK_BYTES = 8 << 20


def secrets_of(state: Path) -> dict[str, bytes]:
    """The secrets in a facility's state folder, by the path that tells of them: keys, tokens, passwords."""
    found: dict[str, bytes] = {}
    for path in sorted(state.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in PUBLIC or path.name.endswith("_keys"):
            continue
        if not MIN_BYTES <= path.stat().st_size <= MAX_BYTES:
            continue
        content = path.read_bytes().strip()
        body = BODY.search(content)
        if body:
            found[str(path)] = _identifying_line(body[1])
        elif SECRET_NAME.search(path.name) and len(content) >= MIN_BYTES:
            found[str(path)] = content
    return found


def _identifying_line(body: bytes) -> bytes:
    """The last whole line of a key, where two keys differ: their beginnings are alike."""
    lines = [line for line in body.split() if len(line) >= 40]
    return lines[-1] if lines else body


def find_secrets(tree: Path, secrets: Mapping[str, bytes]) -> tuple[str, ...]:
    """Each file of the tree that holds a secret, with what it holds and never the secret itself."""
    needles = {
        needle: name for name, secret in secrets.items() for needle in (secret, base64.b64encode(secret))
    }
    pattern = re.compile(b"|".join(re.escape(needle) for needle in needles)) if needles else None
    longest = max((len(needle) for needle in needles), default=0)
    return tuple(
        f"/{path.relative_to(tree)} holds {what}"
        for path in _regular_files(tree)
        for what in _held(path, path.relative_to(tree), pattern, needles, longest)
    )


def _regular_files(tree: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(tree):
        for name in sorted(names):
            path = Path(parent) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _held(
    path: Path, name: Path, pattern: re.Pattern[bytes] | None, needles: Mapping[bytes, str], longest: int
) -> Iterator[str]:
    anyones = any(name.is_relative_to(folder) for folder in ANYONES)
    found: set[str] = set()
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            text = before + chunk
            if pattern and (match := pattern.search(text)):
                found.add(f"the secret {needles[match[0]]}")
            if anyones and PRIVATE_KEY.search(text):
                found.add("a private key")
            before = text[-max(longest, 64) :]
    yield from sorted(found)
