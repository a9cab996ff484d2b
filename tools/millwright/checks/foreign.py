"""Suites of ReFrame checks that others wrote: what ``foreign.yaml`` beside a facility file says of them.

Their checks run unchanged, under the ReFrame that the suite needs. Names get the suite's name as prefix
(``eessi.EESSI_NumPy``); only what a facility commits needs a declaration here.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator

from millwright.checks.declaration import (
    Better,
    Declaration,
    Metric,
    MetricName,
    Parameter,
    ParameterName,
    Scope,
    Text,
    Unit,
    Word,
)
from millwright.checks.naming import SUITE_NAME
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml

FILE = "foreign.yaml"
AREA = "foreign"
"""Tag of every suite."""

SuiteName = Annotated[str, Field(pattern=f"^{SUITE_NAME}$")]
CheckName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Version = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?([a-z0-9.-]{0,20})$")]
Pinned = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(\[[a-z0-9,_-]{1,60}\])?==[A-Za-z0-9][A-Za-z0-9.+!-]{0,40}$"
    ),
]
"""A package of one version: ``eessi-testsuite==1.1.0``."""


def _stay_inside(path: str) -> str:
    if ".." in PurePosixPath(path).parts:
        raise ValueError("leads out of its folder")
    return path


Inside = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._@+][A-Za-z0-9._@+/ -]{0,199}$"), AfterValidator(_stay_inside)
]
"""A relative path that does not lead out."""
Command = Annotated[str, Field(pattern=r"^/[A-Za-z0-9._@+/-]{1,254}$")]
Function = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,199}:[A-Za-z_][A-Za-z0-9_]{0,99}$")]
Pattern = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]


class ForeignMetric(Frozen):
    """A value of a foreign check that the facility can commit."""

    unit: Unit
    """As the check states it; nothing is converted."""
    better: Better
    label: Text | None = None
    """The value's meaning, as the report prints it."""


class ForeignCheck(Frozen):
    """What has to be known of a foreign check to expect values of it."""

    scope: Scope = Scope.PARTITION
    """`node` if every node of a partition owes a value, `partition` if one job speaks for it."""
    parameters: tuple[ParameterName, ...] = ()
    metrics: dict[MetricName, ForeignMetric] = Field(min_length=1)


class ForeignEnvironment(Frozen):
    """A programming environment of ReFrame."""

    name: Word
    cc: Word | None = None
    cxx: Word | None = None
    ftn: Word | None = None
    modules: tuple[Pattern, ...] = ()
    features: tuple[Word, ...] = ()


class Suite(Frozen):
    """One suite of checks that others wrote, and the ReFrame that it runs under."""

    title: Text
    reframe: Version | None = None
    """Version of ReFrame that `millwright foreign install` puts into an environment of the suite's own."""
    packages: tuple[Pinned, ...] = ()
    """Further Python packages of that environment."""
    command: Command | None = None
    """Instead of `reframe`: a ReFrame that is installed already where checks are started."""
    folder: Inside | None = None
    """Folder with the checks, beside this file; left out if a package brings them."""
    paths: Annotated[tuple[Inside, ...], Field(min_length=1)] = (".",)
    """Files and folders of checks within `folder`, else within the environment's installed packages."""
    python_path: tuple[Inside, ...] = ()
    """Folders within `folder` from which the checks import."""
    configure: Function | None = None
    """Function of the suite that completes ReFrame's configuration (`package.module:function`)."""
    tags: tuple[Pattern, ...] = ()
    """ReFrame's tags that a check must all have."""
    exclude_tags: tuple[Pattern, ...] = ()
    include: tuple[Pattern, ...] = ()
    """Names of checks as regular expressions; all if empty."""
    exclude: tuple[Pattern, ...] = ()
    partitions: tuple[Word, ...] = ()
    """Partitions of the facility that take the checks; all if empty."""
    features: tuple[Word, ...] = ()
    """Features that the suite looks for in a partition, beside Millwright's own."""
    extras: dict[Variable, str | int | float | bool] = Field(default={})
    environments: tuple[ForeignEnvironment, ...] = ()
    """ReFrame's `builtin` alone if empty."""
    modules_system: Word = "nomod"
    variables: dict[Variable, Pattern] = Field(default={})
    """Environment variables of ReFrame and of every job."""
    checks: dict[CheckName, ForeignCheck] = Field(default={})
    """Checks that the facility expects values of, by their own name."""
    _name: str = PrivateAttr(default="")
    _base: Path = PrivateAttr(default=Path())

    @property
    def name(self) -> str:
        """Prefix of its checks."""
        return self._name

    @property
    def file(self) -> Path:
        """The file that names it."""
        return self._base / FILE

    @property
    def source(self) -> Path | None:
        """Folder with its checks on this machine; None if a package brings them."""
        return self._base / self.folder if self.folder else None

    @property
    def lock(self) -> Path:
        """File with the exact packages of its environment and their hashes."""
        return self._base / f"foreign-{self._name}.lock"

    @property
    def requirements(self) -> tuple[str, ...]:
        """The packages of its environment, by name and version; none if its ReFrame is there already."""
        return (f"reframe-hpc=={self.reframe}", *self.packages) if self.reframe else ()

    @model_validator(mode="after")
    def _has_one_reframe(self) -> Self:
        if (self.reframe is None) is (self.command is None):
            raise ValueError("needs either reframe, a version to install, or command, one that is installed")
        if self.command and self.packages:
            raise ValueError("packages are installed beside reframe; command names what is installed already")
        if not self.folder and self.paths == (".",):
            raise ValueError("needs a folder with checks, or paths within the packages that are installed")
        return self

    def declare(self) -> Iterator[Declaration]:
        """Declarations of the checks that a facility can expect."""
        for name, check in self.checks.items():
            metrics = {
                metric: Metric(
                    unit=each.unit,
                    better=each.better,
                    label={"en": each.label or f"{metric} of {name} ({self.title})"[:200]},
                    scope=check.scope,
                )
                for metric, each in check.metrics.items()
            }
            yield Declaration(
                name=f"{self._name}.{name}",
                area=AREA,
                description=f"{name} of {self.title}"[:200],
                scope=check.scope,
                tags=(self._name,),
                parameters={each: Parameter(description=each) for each in check.parameters},
                metrics=metrics,
            )


class _File(Frozen):
    suites: dict[SuiteName, Suite] = Field(min_length=1)


CODES_BY_TYPE = {"extra_forbidden": "MW6451", "missing": "MW6452"}
SCHEMA_COMMAND = "docs/reference/foreign.md"


def read_suites(facility_file: Path) -> Mapping[str, Suite]:
    """The suites of a facility by name; none if it has no ``foreign.yaml``.

    Raises :exc:`BadInputError` with every problem.
    """
    file = facility_file.parent / FILE
    if not file.is_file():
        return {}
    try:
        data = load_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise BadInputError(
            [Problem(str(file), "-", f"can't be read: {why}", "valid YAML in UTF-8", code="MW6450")]
        ) from error
    try:
        suites = _File.model_validate(data).suites
    except ValidationError as error:
        raise BadInputError(
            describe_errors(
                error,
                str(file),
                _File.model_json_schema(),
                codes=CODES_BY_TYPE,
                other="MW6453",
                schema_command=SCHEMA_COMMAND,
            )
        ) from error
    for name, suite in suites.items():
        suite._name, suite._base = name, file.parent
    if problems := [*_find_problems(suites, file)]:
        raise BadInputError(problems)
    return suites


def _find_problems(suites: Mapping[str, Suite], file: Path) -> Iterator[Problem]:
    """Patterns that ReFrame would only refuse when it starts."""
    for name, suite in suites.items():
        for key in ("tags", "exclude_tags", "include", "exclude"):
            for pattern in getattr(suite, key):
                try:
                    re.compile(pattern)
                except re.error as error:
                    problem = f"{pattern!r} is no regular expression: {error}"
                    place = f"suites.{name}.{key}"
                    yield Problem(str(file), place, problem, "a regular expression", code="MW6462")


def foreign_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``foreign.yaml``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_File.model_json_schema()}
