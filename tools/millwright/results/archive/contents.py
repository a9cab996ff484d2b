"""The files of an archive: a run, its chain, and the rest that its report is made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from millwright.core.errors import BadInputError, Problem
from millwright.results.archive.bag import PAYLOAD
from millwright.results.archive.container import Source
from millwright.results.imports import is_import
from millwright.results.manifest import MANIFEST
from millwright.results.run_info import FACILITY_NAME, RUN_ID, STRICT
from millwright.results.storing import RUN_FILE

FORMAT = "millwright-archive/1"
DESCRIPTION = "archive.json"
RESULTS = "results"
CATALOGUE = "product/catalogue/accelerators.yaml"
LABELS = "product/labels"
SIGNERS = "trust/allowed_signers"
CHAIN_FOLDERS = (".begun", ".witness")
"""Folders beside the runs of a facility that belong to their chain."""
PASSING = (".lock", ".partial")
"""How names of files end, or what is in them, that only exist while a run begins."""
MAX_DESCRIPTION_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveDescription:
    """What an archive says about itself."""

    __pydantic_config__ = STRICT
    facility: str
    run: str
    run_folder: str
    """How the report names the run's folder."""
    millwright: str
    """Version that makes the identical report."""
    product: Mapping[str, str]
    """SHA-256 of the product's data that the report is made with, by path within the archive."""
    format: str = FORMAT


ADAPTER = TypeAdapter(ArchiveDescription)


def run_files(results: Path, facility: str, run: str) -> dict[str, Source]:
    """Every file of a run and of imports, and of other runs what makes the chain, by path below ``data/``."""
    place = results / facility
    paths = [path for path in (place / run).rglob("*") if path.is_file()]
    for folder in CHAIN_FOLDERS:
        paths += [path for path in sorted((place / folder).glob("*")) if path.is_file() and not _passes(path)]
    for other in sorted(place.glob("*")):
        if other.name != run and RUN_ID.fullmatch(other.name) and not other.is_symlink():
            paths += _import_files(other) if is_import(other) else _chain_files(other)
    return {f"{RESULTS}/{path.relative_to(results).as_posix()}": path for path in paths}


def _import_files(run: Path) -> Iterator[Path]:
    """Of an import, which the report repeats: everything."""
    yield from (path for path in sorted(run.rglob("*")) if path.is_file())


def _chain_files(run: Path) -> Iterator[Path]:
    """Of a run that is not archived itself: its place in the chain, its manifest and their signatures."""
    yield from (path for path in (run / RUN_FILE, *sorted(run.glob(f"{MANIFEST}*"))) if path.is_file())


def _passes(path: Path) -> bool:
    return any(mark in path.name for mark in PASSING)


def read_description(bag: Path, archive: Path) -> ArchiveDescription:
    """The description of an unpacked archive; raises :exc:`BadInputError` with everything wrong with it."""
    file = bag / PAYLOAD / DESCRIPTION
    if not file.is_file() or file.stat().st_size > MAX_DESCRIPTION_BYTES:
        raise BadInputError([_problem(archive, "", "is missing or huge")])
    try:
        found = ADAPTER.validate_json(file.read_bytes())
    except ValidationError as error:
        items = error.errors(include_url=False)
        raise BadInputError(
            _problem(archive, ".".join(map(str, item["loc"])), item["msg"]) for item in items
        ) from error
    problems = [_problem(archive, key, what) for key, what in _find_problems(found, bag)]
    if problems:
        raise BadInputError(problems)
    return found


def _problem(archive: Path, key: str, what: str) -> Problem:
    key = ".".join(filter(None, (DESCRIPTION, key)))
    return Problem(
        str(archive), key, what, "an archive as millwright results archive writes it", code="MW6286"
    )


def _find_problems(found: ArchiveDescription, bag: Path) -> Iterator[tuple[str, str]]:
    """The key, and what is wrong with its value."""
    if found.format != FORMAT:
        yield "format", f"is {found.format!r}, not {FORMAT!r}"
    if not FACILITY_NAME.fullmatch(found.facility):
        yield "facility", f"{found.facility!r} is not a facility name"
    elif not RUN_ID.fullmatch(found.run):
        yield "run", f"{found.run!r} is not a run ID"
    elif not (bag / PAYLOAD / RESULTS / found.facility / found.run / RUN_FILE).is_file():
        yield "run", "its files are not in the archive"
    if len(found.run_folder) > 300 or not found.run_folder.isprintable():
        yield "run_folder", "is not a path such as results/rack/RUN"
