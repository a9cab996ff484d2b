"""The external programs that Millwright and its tests start, and the packages that bring them.

The table is ``programs.toml`` beside this file. Set-up, the rack and ``millwright doctor`` read it. Only the
standard library is imported: set-up reads it before there is an environment.
"""

import functools
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from millwright.core.process import with_system_folders

TABLE = Path(__file__).with_name("programs.toml")
FIELDS = {"package", "pypi", "for", "optional", "through"}


class Need(StrEnum):
    """What needs a program: a group of commands, or the tests."""

    SETUP = "setup"
    RACK = "rack"
    PROVISION = "provision"
    ANTENNA = "antenna"
    RUN = "run"
    WORKSTATION = "workstation"
    DISCOVER = "discover"
    IMAGE = "image"
    RESULTS = "results"
    TESTS = "tests"


class Side(StrEnum):
    """Where a program runs."""

    HOST = "host"
    NODE = "node"


@dataclass(frozen=True, slots=True, order=True)
class Program:
    """One program, or one file that a package brings (a header, a keyring)."""

    name: str
    """Name as it is called, or the pattern of a file's path."""
    side: Side
    package: str | None
    pypi: str | None
    needs: tuple[Need, ...]
    optional: bool = False
    through: str | None = None

    @property
    def is_file(self) -> bool:
        """Whether this is a file to be read and no program."""
        return self.name.startswith("/")

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return Path(self.name).name.replace("*", "") if self.is_file else self.name


def read_programs(text: str) -> tuple[Program, ...]:
    """All entries of a table; :exc:`ValueError` names every wrong one."""
    found, problems = [], []
    for side, entries in tomllib.loads(text).items():
        for name, entry in entries.items():
            try:
                found.append(_read_entry(Side(side), name, entry))
            except ValueError as error:
                problems.append(f"{side}.{name}: {error}")
    if problems:
        raise ValueError("\n".join(problems))
    return tuple(sorted(found))


def _read_entry(side: Side, name: str, entry: Mapping[str, Any]) -> Program:
    if unknown := set(entry) - FIELDS:
        raise ValueError(f"unknown fields {', '.join(sorted(unknown))}")
    if ("package" in entry) == ("pypi" in entry):
        raise ValueError("needs either a package or a pypi")
    needs = tuple(Need(need) for need in entry.get("for", ()))
    if not needs:
        raise ValueError("needs what it is for")
    return Program(
        name,
        side,
        entry.get("package"),
        entry.get("pypi"),
        needs,
        bool(entry.get("optional", False)),
        entry.get("through"),
    )


@functools.cache
def declared_programs() -> tuple[Program, ...]:
    """The shipped table."""
    return read_programs(TABLE.read_text(encoding="utf-8"))


def host_programs(*needs: Need, with_optional: bool = False) -> tuple[Program, ...]:
    """What this machine must have for ``needs`` from its distribution; all needs if none is given."""
    return tuple(
        program
        for program in declared_programs()
        if program.side is Side.HOST
        and program.package is not None
        and (with_optional or not program.optional)
        and (not needs or set(needs) & set(program.needs))
    )


def package_of(name: str) -> str:
    """Debian package of a program on this machine; :exc:`KeyError` if it is not declared."""
    for program in host_programs(with_optional=True):
        if program.name == name and program.package is not None:
            return program.package
    raise KeyError(name)


def packages_of(programs: Iterable[Program]) -> tuple[str, ...]:
    """The Debian packages of ``programs``, each once, in order."""
    return tuple(sorted({program.package for program in programs if program.package is not None}))


def find_absent(programs: Iterable[Program], path: str, root: Path = Path("/")) -> tuple[Program, ...]:
    """Those of ``programs`` that are neither on ``path`` nor, if they are files, below ``root``."""

    def is_there(program: Program) -> bool:
        if program.is_file:
            return next(root.glob(program.name.lstrip("/")), None) is not None
        return shutil.which(program.name, path=with_system_folders(path)) is not None

    return tuple(program for program in programs if not is_there(program))
