"""A workbook from somebody else: looked at as an archive first, and refused before anything in it is built.

A refusal takes no longer than reading the file once: sizes are those that the archive states, which ZIP then
holds its content to, and rows are counted in the text of a sheet.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from millwright.core.errors import BadInputError, Problem
from millwright.tenders.source import read_bytes
from millwright.tenders.text import printable

MAX_MEMBERS = 200
MAX_UNPACKED = 16 * 1024 * 1024
"""Bytes of all members; a form has a few ten thousand."""
MAX_ROWS = 10_000
MAX_CELLS = 100_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""Beginning of files of the old format, which also wraps an encrypted workbook."""
FORBIDDEN = {
    r"vbaproject|macrosheets|dialogsheets|vbadata": "macros",
    r"externallinks/|connections\.xml|querytables/|webextensions/": "links to other files",
    r"embeddings/|activex/|ctrlprops/|oleobject": "embedded objects",
}
MARKUP = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)


def open_workbook(path: Path) -> tuple[Any, bytes]:
    """A workbook, read only, and the bytes of its file; raises :exc:`BadInputError` with what is wrong."""
    raw, name = read_bytes(path), printable(str(path))
    problems = list(_find_problems(raw, name))
    if problems:
        raise BadInputError(problems)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # the parser has no errors of its own for what it can't read
        raise BadInputError([_broken(name, type(error).__name__)]) from error
    return book, raw


def _broken(name: str, why: str) -> Problem:
    return Problem(name, "-", f"can't be read as a workbook: {why}", "an .xlsx file", code="MW7641")


def _find_problems(raw: bytes, name: str) -> Iterator[Problem]:
    if raw.startswith(OLD_OFFICE):
        yield _broken(name, "encrypted, or of the format .xls")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            found = list(_find_in_size(archive, name)) or list(_find_in_members(archive, name))
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
    ) as e:
        yield _broken(name, printable(str(e)) or type(e).__name__)
        return
    except (RuntimeError, zlib.error) as error:
        yield _broken(name, printable(str(error)))
        return
    yield from found


def _find_in_size(archive: zipfile.ZipFile, name: str) -> Iterator[Problem]:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or len(set(names)) < len(names):
        yield Problem(name, "-", "has too many parts, or one twice", "a bid form", code="MW7642")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        problem = f"unpacks to {unpacked >> 20} MiB"
        yield Problem(name, "-", problem, f"at most {MAX_UNPACKED >> 20} MiB", code="MW7643")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        yield _broken(name, "has no workbook in it")


def _find_in_members(archive: zipfile.ZipFile, name: str) -> Iterator[Problem]:
    found: set[str] = set()
    for member in archive.infolist():
        lower = member.filename.lower()
        found |= {what for pattern, what in FORBIDDEN.items() if re.search(pattern, lower)}
        if not lower.endswith((".xml", ".rels", ".vml")):
            continue
        content = archive.read(member)
        if b"\0" in content or MARKUP.search(content):
            found.add("entities or an unusual encoding")
        if MACRO_TYPE.search(content) and lower == "[content_types].xml":
            found.add("macros")
        if EXTERNAL.search(content) and lower.endswith(".rels"):
            found.add("links to other files")
        rows, cells = content.count(b"<row"), content.count(b"<c ")
        if rows > MAX_ROWS or cells > MAX_CELLS:
            problem = f"{printable(member.filename)} has {rows} rows and {cells} cells"
            yield Problem(name, "-", problem, f"at most {MAX_ROWS} and {MAX_CELLS}", code="MW7644")
    for what in sorted(found):
        yield Problem(name, "-", f"contains {what}", "values alone", code="MW7645")
