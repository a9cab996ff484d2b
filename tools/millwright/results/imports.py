"""Imported results: a tool's own output, what a parser read from it, and who vouches for it.

They are kept in a run folder of their own (``origin`` of ``run.json`` is ``imported``): ``imported.json``
holds the series, ``imported/`` the files as handed in. They never become samples, so they never mix with what
was measured here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.checks.parser import Evidence, Fault, Measurement, Parsed, ToolFile, run_parser
from millwright.core.errors import BadInputError, Problem
from millwright.results.records import from_json
from millwright.results.run_info import STRICT, RunInfo
from millwright.results.runs import list_runs, read_info
from millwright.results.tools.registry import find_tool

IMPORTED_FILE = "imported.json"
FOLDER = "imported"
SCHEMA = "millwright-imported/1"


@dataclass(frozen=True, slots=True)
class ImportedSeries:
    """One series that a tool printed."""

    __pydantic_config__ = STRICT
    metric: str
    parameters: str
    unit: str
    values: tuple[float, ...]
    """In ``unit``, in the order measured."""
    node: str
    device: str


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One file as handed in."""

    __pydantic_config__ = STRICT
    name: str
    """Within the folder ``imported`` of the run."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What ``imported.json`` holds."""

    __pydantic_config__ = STRICT
    tool: str
    check: str
    """Name of the series."""
    partition: str
    command: str
    exit_status: int | None
    measured_at: str
    """As stated by whoever imported it, else as printed; empty if it is not known."""
    hosts: tuple[str, ...]
    remarks: tuple[str, ...]
    rejected: tuple[str, ...]
    """What does not count, and why."""
    files: tuple[ImportedFile, ...]
    series: tuple[ImportedSeries, ...]
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """What the importer says of where and when the tool ran."""

    partition: str
    node: str = ""
    """Node or node set of the series that do not name theirs."""
    measured_at: str = ""


@dataclass(frozen=True, slots=True)
class ImportedRun:
    """A stored import."""

    path: Path
    info: RunInfo
    imported: Imported


def read_import(tool: str, evidence: Evidence, place: ImportPlace) -> tuple[Imported, Parsed]:
    """Read a tool's output; raises :exc:`BadInputError` with every fault if nothing in it counts."""
    found = find_tool(tool)
    parsed = run_parser(found.parse, evidence)
    if not parsed.counted:
        names = ", ".join(file.name for file in evidence.files)
        expected = f"the whole output of one run that ended well ({found.hand_in})"
        raise BadInputError(
            Problem(names, "-", fault.reason, expected, code="MW6221") for fault in parsed.faults
        )
    return _describe(found.check, tool, evidence, place, parsed), parsed


def derive(folder: Path, imported: Imported) -> Imported:
    """Parse the files of a stored import again, with the parser of today.

    Raises :exc:`BadInputError` if a file can't be read or is another one, if the tool has no parser here, and
    if nothing counts any more.
    """
    files = tuple(_read_kept(folder / FOLDER, each) for each in imported.files)
    nodes = {series.node for series in imported.series}
    place = ImportPlace(imported.partition, min(nodes) if len(nodes) == 1 else "", imported.measured_at)
    return read_import(imported.tool, Evidence(files, imported.command, imported.exit_status), place)[0]


def _read_kept(folder: Path, kept: ImportedFile) -> ToolFile:
    """A file as handed in. Its name comes from the run, which others may have written."""
    file, plain = folder / kept.name, Path(kept.name).name == kept.name
    try:
        content = file.read_bytes() if plain else b""
    except OSError as error:
        raise BadInputError(
            [Problem(str(file), "-", f"can't be read: {error}", "a file of the import", code="MW6223")]
        ) from error
    if not plain or hashlib.sha256(content).hexdigest() != kept.sha256:
        expected = f"a file of {folder.name}/ with the sum {kept.sha256}"
        raise BadInputError(
            [Problem(str(file), "-", "not the file that was imported", expected, code="MW6231")]
        )
    return ToolFile(kept.name, content)


def find_differences(stored: Imported, derived: Imported) -> tuple[str, ...]:
    """What another parse of the same files gives, against what was stored."""
    before = {_key(series): series for series in stored.series}
    after = {_key(series): series for series in derived.series}
    lines = [f"{_name(before[key])}: no longer counts" for key in before if key not in after]
    lines += [f"{_name(after[key])}: counts now" for key in after if key not in before]
    lines += [
        f"{_name(before[key])}: {_values(before[key])} was stored, {_values(after[key])} is in the output"
        for key in before
        if key in after and before[key] != after[key]
    ]
    return tuple(lines)


def load_import(path: Path, info: RunInfo) -> ImportedRun:
    """The import of a run folder; raises :exc:`BadInputError` if it is none or can't be read."""
    file = path / IMPORTED_FILE
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(file), "-", f"can't be read: {error}", "a run of results import", code="MW6222")]
        ) from error
    return ImportedRun(path, info, from_json(Imported, text, str(file)))


def is_import(path: Path) -> bool:
    """Whether a run folder says that it is an import; one that can't be read is left to ``verify``."""
    try:
        return read_info(path).origin == "imported"
    except BadInputError:
        return False


def list_imports(root: Path, facility: str) -> tuple[ImportedRun, ...]:
    """Every stored import of a facility, oldest first; one that can't be read is left to ``verify``."""
    found = []
    for path in list_runs(root, facility).runs:
        try:
            info = read_info(path)
            if info.origin == "imported":
                found.append(load_import(path, info))
        except BadInputError:
            continue
    return tuple(found)


def files_to_store(imported: Imported, evidence: Evidence) -> dict[str, bytes]:
    """The raw files by their path within the run folder."""
    return {
        f"{FOLDER}/{kept.name}": file.content
        for kept, file in zip(imported.files, evidence.files, strict=True)
    }


def _describe(check: str, tool: str, evidence: Evidence, place: ImportPlace, parsed: Parsed) -> Imported:
    return Imported(
        tool=tool,
        check=check,
        partition=place.partition,
        command=evidence.command or parsed.command,
        exit_status=evidence.exit_status,
        measured_at=place.measured_at or parsed.started,
        hosts=parsed.hosts,
        remarks=parsed.remarks,
        rejected=tuple(map(_reason, parsed.faults)),
        files=_name_files(evidence.files),
        series=tuple(_series(each, place.node) for each in parsed.counted),
    )


def _name_files(files: Sequence[ToolFile]) -> tuple[ImportedFile, ...]:
    """Names that are safe in a folder and stand once."""
    kept: list[ImportedFile] = []
    for number, file in enumerate(files, start=1):
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in file.name)
        name = plain.lstrip(".")[-100:] or f"file-{number}"
        if any(each.name == name for each in kept):
            name = f"{number}-{name}"
        kept.append(ImportedFile(name, hashlib.sha256(file.content).hexdigest()))
    return tuple(kept)


def _series(measurement: Measurement, node: str) -> ImportedSeries:
    return ImportedSeries(
        metric=measurement.metric,
        parameters=measurement.parameters,
        unit=measurement.unit,
        values=measurement.values,
        node=node or measurement.node,
        device=measurement.device,
    )


def _reason(fault: Fault) -> str:
    place = " ".join(filter(None, (fault.metric, fault.node, fault.device)))
    return f"{place}: {fault.reason}" if place else fault.reason


def _key(series: ImportedSeries) -> tuple[str, str, str, str]:
    return series.metric, series.parameters, series.node, series.device


def _name(series: ImportedSeries) -> str:
    return " ".join(filter(None, (series.metric, series.parameters, series.node, series.device)))


def _values(series: ImportedSeries) -> str:
    return f"{', '.join(f'{value:g}' for value in series.values[:5])} {series.unit}"
