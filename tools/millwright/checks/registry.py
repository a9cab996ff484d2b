"""Every check that is known: the shipped ones, then a facility's own, then those of further folders."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from millwright.checks.declaration import FILE, Declaration, Metric, parse_declaration, read_declaration
from millwright.checks.foreign import Suite, read_suites
from millwright.core.errors import BadInputError, Problem
from millwright.core.json_text import load_json
from millwright.core.places import product_root

SHIPPED = "reframe_checks"
"""Folder of the product's own checks, in a checkout."""
OWN = "checks"
"""Folder of a facility's own checks, beside its ``facility.yaml``."""
SCHEMA = "millwright-checks/1"


@dataclass(frozen=True, slots=True)
class Registry(Mapping[str, Declaration]):
    """Declarations by name, in the order of the search path."""

    declarations: Mapping[str, Declaration]
    folders: tuple[Path, ...] = ()
    """Where the checks were read from that are not shipped."""
    suites: Mapping[str, Suite] = field(default_factory=dict)
    """Suites of checks that others wrote, by name."""

    def __getitem__(self, name: str) -> Declaration:
        return self.declarations[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.declarations)

    def __len__(self) -> int:
        return len(self.declarations)

    def metrics_of(self, check: str) -> Mapping[str, Metric]:
        """The metrics of a check; none of one that is not known."""
        found = self.declarations.get(check)
        return found.metrics if found else {}

    def metric(self, check: str, name: str) -> Metric | None:
        """One metric of a check; None if it is not known."""
        return self.metrics_of(check).get(name)

    @property
    def suites_file(self) -> bytes:
        """Content of the file that names the suites; empty if there are none."""
        files = [suite.file.read_bytes() for suite in self.suites.values()]
        return files[0] if files else b""

    def to_json(self) -> str:
        """The declarations as a run keeps them, in ``checks.json``."""
        checks = [
            declaration.model_dump(mode="json", by_alias=True, exclude_none=True)
            for declaration in self.declarations.values()
        ]
        return json.dumps({"schema": SCHEMA, "checks": checks}, ensure_ascii=True, indent=1) + "\n"


def make_registry(declarations: Iterable[Declaration]) -> Registry:
    """A registry of these declarations; raises :exc:`BadInputError` if two have one name."""
    found: dict[str, Declaration] = {}
    problems: list[Problem] = []
    for each in declarations:
        first = found.setdefault(each.name, each)
        if first is not each:
            both = f"two checks are named {each.name}: {first.folder} and {each.folder}"
            problems.append(Problem(str(each.folder), "name", both, "one name a check", code="MW6117"))
    if problems:
        raise BadInputError(problems)
    return Registry(found)


def read_registry(folders: Sequence[Path]) -> Registry:
    """Read the checks below each folder.

    Raises :exc:`BadInputError` with the problems of all of them, and for a folder without any check.
    """
    declarations: list[Declaration] = []
    problems: list[Problem] = []
    for folder in folders:
        files = sorted(folder.rglob(FILE))
        if not files:
            expected = f"a folder with one folder a check, each with its {FILE}"
            problems.append(Problem(str(folder), "-", "no check is below it", expected, code="MW6120"))
        for file in files:
            try:
                declarations.append(read_declaration(file))
            except BadInputError as error:
                problems.extend(error.problems)
    if problems:
        raise BadInputError(problems)
    return make_registry(declarations)


def parse_registry(text: str, file: str) -> Registry:
    """Read back what :meth:`Registry.to_json` wrote; raises :exc:`BadInputError` for anything else."""
    try:
        data = load_json(text)
    except ValueError as error:
        found = f"not in format {SCHEMA!r}: {error}"
        raise BadInputError(
            [Problem(file, "-", found, "the checks.json of a stored run", code="MW6121")]
        ) from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("checks"), list):
        raise BadInputError(
            [
                Problem(
                    file, "-", f"not in format {SCHEMA!r}", "the checks.json of a stored run", code="MW6121"
                )
            ]
        )
    return make_registry(parse_declaration(each, file) for each in data["checks"])


def shipped_folder() -> Path:
    """Where the product's own checks are."""
    return product_root() / SHIPPED


def shipped_checks() -> Registry:
    """The product's own checks."""
    return _read_shipped(shipped_folder())


@cache
def _read_shipped(folder: Path) -> Registry:
    return read_registry([folder])


def own_folders(facility_file: Path, further: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Folders of checks besides the shipped ones: the facility's own if it has any, then ``further``."""
    own = facility_file.parent / OWN
    folders = (*([own] if own.is_dir() else []), *further)
    return tuple({folder.resolve(): folder for folder in folders}.values())


def checks_for(
    facility_file: Path, further: Sequence[Path] = (), suites: Mapping[str, Suite] | None = None
) -> Registry:
    """Every check that a facility can expect: shipped, its own, foreign, and those below ``further`` folders.

    ``suites`` are the foreign ones if they are not beside the facility file. Raises :exc:`BadInputError` with
    every problem, also if two checks have one name.
    """
    own = own_folders(facility_file, further)
    suites = read_suites(facility_file) if suites is None else suites
    if not own and not suites:
        return shipped_checks()
    foreign = (declared for suite in suites.values() for declared in suite.declare())
    found = make_registry([*shipped_checks().values(), *read_registry(own).values(), *foreign])
    return Registry(found.declarations, own, suites)
