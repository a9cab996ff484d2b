"""SHA-256 sums of a run's files, in the format of ``sha256sum``."""

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

MANIFEST = "MANIFEST.sha256"
SIGNATURE = "MANIFEST.sha256.sig"

Signer = Callable[[Path], None]
"""Writes the signature of a file beside it, with the suffix ``.sig``."""

LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def sum_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(sums: Mapping[str, str]) -> str:
    """Write the sum of each file, by its path, as ``sha256sum --check`` reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_sums(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read a manifest: the sum of each file, and the lines that are none or name a file outside."""
    sums: dict[str, str] = {}
    malformed: list[str] = []
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if match is None or not is_inside(match[2]) or match[2] in sums:
            malformed.append(line)
        else:
            sums[match[2]] = match[1]
    return sums, tuple(malformed)


def is_inside(name: str) -> bool:
    """Whether a relative path stays within its folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.parts != ()
