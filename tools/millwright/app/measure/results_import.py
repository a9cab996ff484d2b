"""``millwright results import``: store what a vendor or another team ran, with who vouches for it."""

import secrets
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from millwright.adapters.here.run_start import start_run
from millwright.adapters.openssh.signatures import sign_file
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.imported import ImportedResults, describe_import
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.signing import own_signing_key
from millwright.checks.parser import Evidence, ToolFile
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, Problem
from millwright.core.node_sets import NodeSetError, expand
from millwright.core.places import facility_file
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility
from millwright.results.imports import (
    IMPORTED_FILE,
    Imported,
    ImportPlace,
    files_to_store,
    list_imports,
    read_import,
)
from millwright.results.records import to_json
from millwright.results.run_info import ImportSource, iso_utc
from millwright.results.storing import store_run
from millwright.results.tools.registry import TOOLS

MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """The files and what is said about them."""

    tool: str
    files: tuple[Path, ...]
    facility: str
    """Name of a known facility, or path."""
    partition: str
    vouched_by: str
    node: str = ""
    command: str = ""
    version: str = ""
    host: str = ""
    measured_at: str = ""
    exit_status: int | None = None
    results: Path = DEFAULT_RESULTS
    sign_with: Path | None = None
    """SSH private key that signs the run; None for this account's own."""


class ImportTool(Part):
    """A tool whose output can be imported."""

    name: str
    title: str
    check: str
    """Name of its series."""
    hand_in: str
    """The files that prove a result."""


class ResultsImport(Document):
    """The run that was stored, or the tools whose output can be imported."""

    format: Literal["millwright-results-import/1"] = "millwright-results-import/1"
    path: str | None
    """Folder of the stored run; null for a list of tools."""
    imported: ImportedResults | None
    """Null for a list of tools."""
    tools: tuple[ImportTool, ...] = ()
    """With --list-tools: every tool that has a parser."""


def list_tools() -> ResultsImport:
    """The tools that have a parser."""
    tools = tuple(
        ImportTool(name=tool.name, title=tool.title, check=tool.check, hand_in=tool.hand_in)
        for tool in TOOLS.values()
    )
    return ResultsImport(path=None, imported=None, tools=tools)


def import_results(context: Context, request: ImportRequest) -> ResultsImport:
    """Parse, store and sign a tool's output as a run of its own.

    Raises :exc:`BadInputError` with every problem, and stores nothing, if nothing in the output counts, if it
    is stored already, or if partition, node or file can't be right.
    """
    path = facility_file(request.facility)
    facility = load_facility(path)
    evidence = Evidence(_read_files(request), request.command, request.exit_status)
    if problems := _find_problems(request, facility):
        raise BadInputError(problems)
    place = ImportPlace(request.partition, request.node, request.measured_at)
    imported, parsed = read_import(request.tool, evidence, place)
    _refuse_twice(request.results, facility.name, imported)
    source = ImportSource(
        tool=request.tool,
        command=imported.command,
        version=request.version or parsed.version,
        host=request.host or ", ".join(imported.hosts),
        vouched_by=request.vouched_by,
    )
    for name in ("command", "version", "host"):
        if not getattr(source, name):
            context.warn(f"the {name} is not known: neither the output nor --{name} states it")
    for remark in (*imported.remarks, *(f"not counted: {line}" for line in imported.rejected)):
        context.warn(remark)
    started = context.now()
    info = replace(
        start_run(facility, (), started, secrets.token_hex(4)),
        finished=iso_utc(started),
        origin="imported",
        imported=source,
    )
    stored = store_run(
        request.results,
        info,
        path.read_bytes(),
        (),
        partial(sign_file, key=request.sign_with or own_signing_key()),
        registry=checks_for(path),
        attached={IMPORTED_FILE: to_json(imported).encode(), **files_to_store(imported, evidence)},
    )
    return ResultsImport(path=str(stored), imported=describe_import(info.run_id, source, imported))


def _read_files(request: ImportRequest) -> tuple[ToolFile, ...]:
    files: list[ToolFile] = []
    problems: list[Problem] = []
    for path in request.files:
        try:
            files.append(ToolFile(path.name, path.read_bytes()))
        except OSError as error:
            problem = f"can't be read: {error.strerror}"
            problems.append(Problem(str(path), "-", problem, "a file that the tool wrote", code="MW6223"))
    if problems:
        raise BadInputError(problems)
    return tuple(files)


def _find_problems(request: ImportRequest, facility: Facility) -> list[Problem]:
    problems = []
    known = [*facility.partitions, *facility.antennas]
    if request.partition not in known:
        expected = f"one of {', '.join(known)}{did_you_mean(request.partition, known)}"
        problems.append(
            Problem("--partition", request.partition, "not in this facility", expected, code="MW6224")
        )
    try:
        expand(request.node)
    except NodeSetError as error:
        problems.append(
            Problem("--node", request.node, str(error), "a node or node set such as gpu-[1-4]", code="MW6225")
        )
    said = {"vouched-by": request.vouched_by, "command": request.command, "version": request.version}
    said |= {"host": request.host, "measured-at": request.measured_at}
    for name, text in said.items():
        if len(text) > MAX_TEXT or not text.isprintable():
            problem = "holds characters that can't be printed, or is too long"
            expected = f"one line of at most {MAX_TEXT} characters"
            problems.append(Problem(f"--{name}", text[:40], problem, expected, code="MW6230"))
    if not request.vouched_by.strip():
        problems.append(
            Problem("--vouched-by", "-", "is empty", "who answers for these results", code="MW6226")
        )
    return problems


def _refuse_twice(results: Path, facility: str, imported: Imported) -> None:
    mine = {file.sha256 for file in imported.files}
    for run in list_imports(results, facility):
        if mine & {file.sha256 for file in run.imported.files} and run.imported.tool == imported.tool:
            same = [f.name for f in run.imported.files if f.sha256 in mine]
            problem = f"{', '.join(same)} is stored already in the run {run.info.run_id}"
            expected = "a file that was not imported before (results show shows that run)"
            raise BadInputError([Problem("FILE", "-", problem, expected, code="MW6227")])
