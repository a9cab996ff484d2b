"""BagIt 1.0 (RFC 8493): the tag files of a bag, and everything that is wrong with one.

Only SHA-256 manifests are written and required. A bag with a ``fetch.txt`` is refused: nothing of an archive
may come from elsewhere.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from millwright.results.manifest import is_inside, sum_file

PAYLOAD = "data"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
FETCH = "fetch.txt"

DECLARED = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(\S.*)")
ENCODED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True, slots=True)
class Member:
    """One payload file of a bag."""

    sha256: str
    size: int
    """Bytes."""


def tag_files(payload: Mapping[str, Member], info: Mapping[str, str]) -> dict[str, bytes]:
    """The tag files of a bag with this payload (names below ``data/``) and these labels of bag-info.txt.

    Equal arguments give equal bytes.
    """
    oxum = f"{sum(member.size for member in payload.values())}.{len(payload)}"
    labels = {**info, "Payload-Oxum": oxum}
    texts = {
        DECLARATION: DECLARED,
        INFO: "".join(f"{label}: {' '.join(text.split())}\n" for label, text in labels.items()),
        MANIFEST: _manifest({f"{PAYLOAD}/{name}": member.sha256 for name, member in payload.items()}),
    }
    files = {name: text.encode() for name, text in texts.items()}
    files[TAG_MANIFEST] = _manifest({name: sha256(text).hexdigest() for name, text in files.items()}).encode()
    return files


def _manifest(sums: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {encode_name(name)}\n" for name, digest in sorted(sums.items()))


def encode_name(name: str) -> str:
    """A path as a manifest writes it.

    >>> encode_name("data/Check_%size=L2/rfm_job.out")
    'data/Check_%25size=L2/rfm_job.out'
    """
    return "".join(ENCODED.get(character, character) for character in name)


def decode_name(text: str) -> str:
    """The reverse of :func:`encode_name`."""
    return re.sub(r"%(25|0[DdAa])", lambda match: chr(int(match[1], 16)), text)


def find_bag_problems(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything that makes a folder no valid bag: the file, and what is wrong with it.

    The folder must hold regular files only, as unpacking leaves it.
    """
    for name in (DECLARATION, MANIFEST, TAG_MANIFEST):
        if not (folder / name).is_file():
            yield name, "missing"
    if (folder / FETCH).exists():
        yield FETCH, "names files that are to be fetched from elsewhere"
    if (folder / DECLARATION).is_file() and _text(folder / DECLARATION).split() != DECLARED.split():
        yield DECLARATION, "does not declare BagIt 1.0 in UTF-8"
    files = frozenset(_list_files(folder))
    payload = frozenset(name for name in files if name.startswith(f"{PAYLOAD}/"))
    yield from _compare(folder, MANIFEST, payload, is_complete=True)
    yield from _compare(folder, TAG_MANIFEST, files - payload - {TAG_MANIFEST}, is_complete=False)
    if (folder / INFO).is_file():
        yield from _compare_oxum(folder, payload)


def _compare(
    folder: Path, manifest: str, there: frozenset[str], *, is_complete: bool
) -> Iterator[tuple[str, str]]:
    """A payload manifest lists every file (``is_complete``), a tag manifest may leave some out."""
    if not (folder / manifest).is_file():
        return
    sums: dict[str, str] = {}
    for number, line in enumerate(_text(folder / manifest).splitlines(), start=1):
        match = LINE.fullmatch(line)
        name = decode_name(match[2]) if match else ""
        if match is None or not is_inside(name) or name in sums:
            yield manifest, f"line {number} is no sum of a file, or a second one"
        else:
            sums[name] = match[1].lower()
    for name in sorted(sums):
        if name not in there:
            yield name, f"missing, but listed in {manifest}"
        elif sum_file(folder / name) != sums[name]:
            yield name, f"its SHA-256 is not that of {manifest}"
    for name in sorted(there - sums.keys()) if is_complete else ():
        yield name, f"not listed in {manifest}"


def _compare_oxum(folder: Path, payload: frozenset[str]) -> Iterator[tuple[str, str]]:
    lines = dict(line.partition(": ")[::2] for line in _text(folder / INFO).splitlines())
    size = sum((folder / name).stat().st_size for name in payload)
    given = lines.get("Payload-Oxum")
    if given is not None and given.strip() != f"{size}.{len(payload)}":
        yield INFO, f"says Payload-Oxum {given!r}, found {size}.{len(payload)}"


def _list_files(folder: Path) -> Iterator[str]:
    for parent, _, files in os.walk(folder):
        yield from (Path(parent, name).relative_to(folder).as_posix() for name in files)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
