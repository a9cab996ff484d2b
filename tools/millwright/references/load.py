"""Reading the references; a fact without a source that may be used is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from millwright.catalogue.catalogue import load_catalogue
from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.places import product_root
from millwright.core.yaml_text import load_yaml
from millwright.references.model import Antenna, Machine, Refused, Source

Model = TypeVar("Model", bound=Frozen)


class _Sources(Frozen):
    do_not_use: tuple[Refused, ...]
    sources: dict[str, Source]


@dataclass(frozen=True, slots=True)
class References:
    """Everything that is published, by name."""

    sources: Mapping[str, Source]
    machines: Mapping[str, Machine]
    antennas: Mapping[str, Antenna]
    """By code of the country."""

    def antennas_of(self, factory: str) -> tuple[str, ...]:
        """Antennas that are linked to a factory."""
        return tuple(
            code
            for code, each in self.antennas.items()
            if any(link.factory == factory for link in each.links or ())
        )


def references_folder() -> Path:
    """The references that ship with the product."""
    return product_root() / "inventories" / "references"


def reference_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of all machines, without reading them."""
    return tuple(sorted(path.stem for path in ((folder or references_folder()) / "machines").glob("*.yaml")))


@cache
def load_references(folder: Path | None = None) -> References:
    """Read all references; raises :exc:`BadInputError` with every problem of all files."""
    home = folder or references_folder()
    problems: list[Problem] = []
    table = _read(home / "sources.yaml", _Sources, problems)
    machines = _read_all(home / "machines", Machine, problems)
    antennas = _read_all(home / "antennas", Antenna, problems)
    if table is not None:
        problems += _find_refused(home / "sources.yaml", table)
        for path, item in [*machines.items(), *antennas.items()]:
            problems += _find_in_facts(path, item, table)
        problems += _find_dangling({path.stem: (path, each) for path, each in machines.items()}, antennas)
    if problems or table is None:
        raise BadInputError(problems)
    return References(
        table.sources,
        {path.stem: each for path, each in machines.items()},
        {path.stem: each for path, each in antennas.items()},
    )


def _read_all(folder: Path, model: type[Model], problems: list[Problem]) -> dict[Path, Model]:
    found = {path: _read(path, model, problems) for path in sorted(folder.glob("*.yaml"))}
    return {path: each for path, each in found.items() if each is not None}


def _read(path: Path, model: type[Model], problems: list[Problem]) -> Model | None:
    try:
        return model.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        problems.append(Problem(str(path), "-", f"can't be read: {reason}", "a YAML file", code="MW7701"))
    except ValidationError as error:
        problems += [
            Problem(str(path), ".".join(map(str, item["loc"])) or "-", item["msg"], code="MW7702")
            for item in error.errors(include_url=False)
        ]
    return None


def _find_refused(path: Path, table: _Sources) -> Iterator[Problem]:
    for name, source in table.sources.items():
        for each in table.do_not_use:
            if each.host in source.title:
                expected = f"another source: {each.why}"
                yield Problem(str(path), f"sources.{name}", f"is of {each.host}", expected, code="MW7703")


def _find_in_facts(path: Path, item: Frozen, table: _Sources) -> Iterator[Problem]:
    for key, source, kind, rests_on in claims_in(item):
        if source not in table.sources:
            yield Problem(
                str(path), key, f"unknown source {source[:60]!r}", "one of sources.yaml", code="MW7704"
            )
        if (source == "memory") != (kind is SourceKind.MEMORY) and source != "made_up":
            yield Problem(
                str(path), key, f"{kind} from {source}", "memory for both or neither", code="MW7705"
            )
        if kind is SourceKind.DERIVED and rests_on is None:
            expected = "how the least known of its inputs is known"
            yield Problem(str(path), f"{key}.rests_on", "is missing", expected, code="MW7706")


def claims_in(item: Frozen, above: str = "") -> Iterator[tuple[str, str, SourceKind, SourceKind | None]]:
    """Key, source, kind and what it rests on, of everything that is claimed in a model."""
    if hasattr(item, "source") and hasattr(item, "kind"):
        yield above or "-", item.source, item.kind, getattr(item, "rests_on", None)
    for name in type(item).model_fields:
        value = getattr(item, name)
        parts = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
        )
        for place, each in [("", value), *parts]:
            if isinstance(each, Frozen):
                key = ".".join(str(part) for part in (above, name, place) if part != "")
                yield from claims_in(each, key)


def _find_dangling(
    machines: Mapping[str, tuple[Path, Machine]], antennas: Mapping[Path, Antenna]
) -> Iterator[Problem]:
    parts = load_catalogue().accelerators
    for path, machine in machines.values():
        for name in machine.machines:
            if name not in machines:
                yield Problem(str(path), "machines", f"unknown factory {name!r}", code="MW7707")
        for name, partition in machine.partitions.items():
            used = [partition.processor, *(each.part for each in partition.accelerators or ())]
            for part in filter(None, used):
                if part not in parts:
                    key = f"partitions.{name}"
                    yield Problem(str(path), key, f"no part {part!r}", "one of the catalogue", code="MW7708")
    for path, antenna in antennas.items():
        for link in antenna.links or ():
            if link.factory not in machines:
                yield Problem(str(path), "links", f"unknown factory {link.factory!r}", code="MW7707")
