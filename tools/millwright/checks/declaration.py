"""What a check declares of itself in its ``check.yaml``: its metrics, parameters, needs and cost."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema

from millwright.checks.naming import CHECK_NAME, PARAMETER_NAME, VALUE, split_parameters
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.model_problems import describe_errors
from millwright.core.yaml_text import load_yaml

FILE = "check.yaml"
CODE_FILE = "check.py"
ENGLISH = "en"


class Better(StrEnum):
    """Which way a metric improves."""

    HIGHER = "higher"
    LOWER = "lower"


class Scope(StrEnum):
    """What one series of samples covers."""

    NODE = "node"
    """Each node of the partition has a series of its own."""
    PARTITION = "partition"
    """One series spans several nodes, for example an MPI pair."""
    ANTENNA = "antenna"
    """One series per antenna, seen from its user."""


class Link(StrEnum):
    """A link that everything a value counts has to cross."""

    RAIL = "rail"
    """One rail of the node's fabric, in one direction."""
    RAILS = "rails"
    """All rails of a node, in one direction."""
    RAILS_BOTH_WAYS = "rails_both_ways"
    """All rails of a node, both directions together; also bounds what the network itself adds up."""
    SCALE_UP = "scale_up"
    """The links between a node's accelerators, of one of them and in one direction."""
    SCALE_UP_BOTH_WAYS = "scale_up_both_ways"
    """The same, both directions together."""


class Tier(StrEnum):
    """An occasion to measure, from seconds to days."""

    QUICK = "quick"
    """Seconds a node, at boot: no long build, six repetitions."""
    VETTING = "vetting"
    """After an intervention: a node that does not pass stays out of service."""
    FULL = "full"
    """Everything, for acceptance and for the report."""
    SOAK = "soak"
    """Repeated for hours to days under load, until a time that is fixed before."""


class Statistic(StrEnum):
    """How the repetitions of a series are summed up."""

    MEDIAN = "median"
    """With its distribution-free interval."""
    WORST = "worst"
    """The worst repetition."""
    EVERY = "every"
    """Each repetition by itself, as for few and long runs."""
    QUANTILE = "quantile"
    """A quantile with its distribution-free bound, as for tails."""
    DEFECTS = "defects"
    """A count of wrong results, in any repetition."""


Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$")]
Name = Annotated[str, Field(pattern=f"^{CHECK_NAME}$")]
MetricName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
"""In lower case by convention; those of foreign checks are kept as they are."""
Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9%/^*.-]{1,32}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
ParameterName = Annotated[str, Field(pattern=f"^{PARAMETER_NAME}$")]
Value = Annotated[str, Field(pattern=rf"^{VALUE}$")]


class Metric(Frozen):
    """One measured quantity of a check."""

    unit: Unit
    better: Better
    labels: dict[Language, Text] = Field(alias="label")
    """The value's meaning by language, at least in English (``en``), as the report prints it."""
    adds_up_to: Text | None = None
    """What the values of a partition's nodes add up to, for example ``fp64 rate``."""
    peak: tuple[Word, ...] = ()
    """Figures of the catalogue that bound the value on one device, the first one known counts.

    They also bound the value of a whole node, by the ``peaks`` of its class.
    """
    link: Link | None = None
    """Link that bounds the value, if its rate is known."""
    exact: bool = False
    """Counted or looked up, not timed: equal repetitions are no reason for doubt."""
    signed: bool = False
    """The value may be below zero."""
    statistic: Statistic = Statistic.MEDIAN
    """What of the repetitions is judged, unless a commitment says otherwise. A count that should be low is
    judged as defects, never by its median."""
    quantile: float | None = Field(default=None, gt=0, lt=1)
    """The quantile that ``statistic: quantile`` judges."""
    scope: SkipJsonSchema[Scope] = Field(default=Scope.NODE, exclude=True)
    """The check's own, which is filled in when a declaration is read."""

    @property
    def label(self) -> str:
        """The value's meaning in English."""
        return self.labels[ENGLISH]

    def label_in(self, language: str) -> str:
        """The value's meaning in a language, or in English if it has none there."""
        return self.labels.get(language, self.label)

    @property
    def judged_by(self) -> Statistic:
        """The statistic, with which no count of wrong results hides behind a median."""
        counts = self.unit == "count" and self.better is Better.LOWER
        return Statistic.DEFECTS if counts and self.statistic is Statistic.MEDIAN else self.statistic

    @model_validator(mode="after")
    def _has_quantile(self) -> Self:
        if (self.statistic is Statistic.QUANTILE) != (self.quantile is not None):
            raise ValueError("statistic: quantile and quantile belong together")
        return self

    @model_validator(mode="after")
    def _has_english(self) -> Self:
        if ENGLISH not in self.labels:
            raise ValueError("the label lacks en")
        return self


class Parameter(Frozen):
    """One parameter of ReFrame's class, whose variants are series of their own."""

    description: Text
    values: tuple[Value, ...] = ()
    """Every value that it can take, as ReFrame prints it; empty if any is possible."""


class Needs(Frozen):
    """What the nodes must have for the check to measure."""

    programs: tuple[Word, ...] = ()
    """Commands that are found on PATH."""
    libraries: tuple[Word, ...] = ()
    python_modules: tuple[Word, ...] = ()


class Cost(Frozen):
    """A rough estimate of the time a check takes, for planning only."""

    start_s: float = Field(default=10.0, ge=0)
    """Building, waiting for the launch and warming up, in seconds."""
    repetition_s: float = Field(default=1.0, ge=0)
    """One repetition of all metrics, in seconds."""

    def estimate_s(self, repetitions: int, rounds: int = 1) -> float:
        """Seconds of one case; ``rounds`` counts nodes that are measured one after the other."""
        return self.start_s + rounds * repetitions * self.repetition_s


class Declaration(Frozen):
    """A check as it is declared."""

    name: Name
    """Public name of its series: the class in ``check.py``."""
    area: Word
    """Topic, also a tag: processor, accelerator, interconnect …"""
    description: Text
    scope: Scope
    """What one series covers."""
    independent: bool = False
    """A failing node, device or metric spoils only its own series; otherwise the whole case."""
    features: tuple[Word, ...] = ()
    """Features that a partition needs to take the check; ``cpu``, ``gpu``, ``mpi`` …"""
    tags: tuple[Word, ...] = ()
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)] = (Tier.VETTING, Tier.FULL)
    """Occasions on which it is measured; ``vetting`` is what the gate before service runs."""
    needs: Needs = Needs()
    cost: Cost = Cost()
    parameters: dict[ParameterName, Parameter] = Field(default={})
    metrics: dict[MetricName, Metric] = Field(min_length=1)
    _folder: Path | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _share_scope(cls, data: object) -> object:
        """Give each metric the scope of its check; one job measures all of them."""
        if not isinstance(data, Mapping) or not isinstance(data.get("metrics"), Mapping):
            return data
        scope = {"scope": data.get("scope", Scope.NODE)}
        metrics = {
            name: {**scope, **metric} if isinstance(metric, Mapping) else metric
            for name, metric in data["metrics"].items()
        }
        return {**data, "metrics": metrics}

    @model_validator(mode="after")
    def _has_one_scope(self) -> Self:
        if any(metric.scope is not self.scope for metric in self.metrics.values()):
            raise ValueError("a metric has a scope of its own; it is the check's")
        return self

    @property
    def folder(self) -> Path | None:
        """Where it was read from; None for one that a stored run keeps."""
        return self._folder

    @property
    def all_tags(self) -> frozenset[str]:
        """Its tags and its area; ``access`` if it runs where the user of an antenna sits."""
        where = {"access"} if self.scope is Scope.ANTENNA else set()
        return frozenset({self.area, *self.tags, *where})

    def find_parameter_faults(self, parameters: str) -> Iterator[str]:
        """Why these parameters, in canonical form, name no variant of the check."""
        given = split_parameters(parameters)
        yield from (f"lacks the parameter {name}" for name in self.parameters if name not in given)
        for name, value in given.items():
            known = self.parameters.get(name)
            if known is None:
                yield f"has no parameter {name}"
            elif known.values and value not in known.values:
                yield f"has no {name}={value}: it is one of {', '.join(known.values)}"


CODES_BY_TYPE = {"extra_forbidden": "MW6114", "missing": "MW6115"}
WRONG_VALUE = "MW6116"
SCHEMA_COMMAND = "reframe_checks/check.schema.json"


def read_declaration(file: Path) -> Declaration:
    """Read one ``check.yaml``; ReFrame is not needed and ``check.py`` is not run.

    Raises :exc:`BadInputError` with every problem, also if no class of the name is beside it.
    """
    try:
        data = load_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            [Problem(str(file), "-", f"can't be read: {error}", "a readable UTF-8 file", code="MW6111")]
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place, why = (f"line {mark.line + 1}" if mark else "-"), getattr(error, "problem", None) or error
        raise BadInputError(
            [Problem(str(file), place, f"not YAML: {why}", "valid YAML", code="MW6112")]
        ) from error
    if not isinstance(data, dict):
        raise BadInputError(
            [Problem(str(file), "-", "not a mapping", "keys such as name and metrics", code="MW6113")]
        )
    declaration = parse_declaration(data, str(file))
    declaration._folder = file.parent
    _require_class(declaration, file.parent / CODE_FILE)
    return declaration


def parse_declaration(data: object, file: str) -> Declaration:
    """Plain data to a declaration; raises :exc:`BadInputError` with every problem."""
    try:
        return Declaration.model_validate(data)
    except ValidationError as error:
        raise BadInputError(
            describe_errors(
                error,
                file,
                declaration_schema(),
                codes=CODES_BY_TYPE,
                other=WRONG_VALUE,
                schema_command=SCHEMA_COMMAND,
            )
        ) from error


def declaration_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``check.yaml``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Declaration.model_json_schema(by_alias=True),
    }


def _require_class(declaration: Declaration, code: Path) -> None:
    """The name of a series is the class that measures it: without it nothing would ever be measured."""
    expected = f"a class {declaration.name}, as check.yaml beside it declares"
    try:
        text = code.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(str(code), "-", f"can't be read: {error}", expected, code="MW6118")
        raise BadInputError([problem]) from error
    if not re.search(rf"^class {re.escape(declaration.name)}\b", text, re.MULTILINE):
        raise BadInputError([Problem(str(code), "-", "has no class of that name", expected, code="MW6119")])
