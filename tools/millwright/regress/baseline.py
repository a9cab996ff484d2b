"""The accepted history of a facility's series, as it is stored."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from millwright.checks.declaration import Better, Statistic
from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, Problem
from millwright.regress.history import Observation, SeriesKey, keys_of, values_of
from millwright.results.run_info import STRICT
from millwright.verdicts.declarations import judged_statements

FORMAT = "millwright-baseline/1"


@dataclass(frozen=True, slots=True)
class BaselineRun:
    """One of the accepted runs."""

    __pydantic_config__ = STRICT
    run_id: str
    started: str
    """ISO 8601, UTC."""
    manifest_sum: str
    """SHA-256 of its manifest: names its whole content."""


@dataclass(frozen=True, slots=True)
class BaselineSeries:
    """The accepted values of one series."""

    __pydantic_config__ = STRICT
    key: tuple[str, str, str, str, str, str, str, str]
    """Partition, check, parameters, environment, metric, unit, node and device."""
    better: Better
    statistic: Statistic
    exact: bool
    """Counted, not timed: any worse value is a regression."""
    runs: tuple[int, ...]
    """Positions in the baseline's runs of those that measured the series."""
    values: tuple[float, ...]
    """One for each of `runs`, in the series' unit."""

    @property
    def series(self) -> SeriesKey:
        """The identity of the series."""
        return SeriesKey(*self.key)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Accepted runs of one facility, with the values of every series."""

    __pydantic_config__ = STRICT
    facility: str
    created: str
    """ISO 8601, UTC."""
    reason: str
    """Why it was accepted, in its author's words."""
    runs: tuple[BaselineRun, ...]
    """In the order of the chain."""
    checks: dict[str, dict[str, str]]
    """What each check declared that decides a verdict, as text by key."""
    series: tuple[BaselineSeries, ...]
    format: str = FORMAT

    def __len__(self) -> int:
        return len(self.runs)


@dataclass(frozen=True, slots=True)
class DeclarationClash:
    """A check whose accepted runs declared it differently, so that their values can't be pooled."""

    check: str
    key: str
    values: Mapping[str, str]
    """The value of the newest run that declared it so, by the value as text."""


def make_baseline(
    facility: str,
    created: str,
    reason: str,
    observations: Sequence[Observation],
    registries: Sequence[Registry],
) -> Baseline:
    """Pool runs, oldest first, each with its own declarations.

    The declarations must agree, see :func:`find_clashes`.
    """
    declared: dict[str, dict[str, str]] = {}
    for observation, registry in zip(observations, registries, strict=True):
        for check in {key.check for key in observation.values}:
            declared[check] = dict(judged_statements(registry[check], is_bounded=False))
    return Baseline(
        facility=facility,
        created=created,
        reason=reason,
        runs=tuple(BaselineRun(o.info.run_id, o.info.started, o.manifest_sum) for o in observations),
        checks=dict(sorted(declared.items())),
        series=tuple(_pool(key, observations) for key in keys_of(observations)),
    )


def _pool(key: SeriesKey, observations: Sequence[Observation]) -> BaselineSeries:
    found = list(values_of(key, observations))
    definition = found[-1][0].values[key].definition
    positions = {id(observation): number for number, observation in enumerate(observations)}
    return BaselineSeries(
        key=(*key,),
        better=definition.better,
        statistic=definition.judged_by,
        exact=definition.exact,
        runs=tuple(positions[id(observation)] for observation, _ in found),
        values=tuple(value for _, value in found),
    )


def find_clashes(
    observations: Sequence[Observation], registries: Sequence[Registry]
) -> Iterator[DeclarationClash]:
    """Checks that some of the runs declared differently from others."""
    said: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for observation, registry in zip(observations, registries, strict=True):
        for check in sorted({key.check for key in observation.values}):
            for key, value in judged_statements(registry[check], is_bounded=False):
                said[check, key][value] = observation.info.run_id
    for (check, key), values in said.items():
        if len(values) > 1:
            yield DeclarationClash(check, key, values)


def find_other_declarations(
    baseline: Baseline, registry: Registry, checks: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Statements of the checks that a run declares differently from the baseline.

    Key, the baseline's value and the run's.
    """
    for check in checks:
        accepted = baseline.checks.get(check)
        if accepted is None or check not in registry:
            continue
        now = dict(judged_statements(registry[check], is_bounded=False))
        for key in sorted({*accepted, *now}):
            before, after = accepted.get(key, "missing"), now.get(key, "missing")
            if before != after and _concerns(key, baseline, check):
                yield f"{check}.{key}", before, after


def _concerns(key: str, baseline: Baseline, check: str) -> bool:
    """Whether a statement bears on what the baseline holds; a metric that is new does not."""
    if not key.startswith("metrics."):
        return True
    metric = key.split(".")[1]
    return any(each.key[1] == check and each.key[4] == metric for each in baseline.series)


_ADAPTER: TypeAdapter[Baseline] = TypeAdapter(Baseline)


def to_text(baseline: Baseline) -> str:
    """The baseline as it is stored."""
    return _ADAPTER.dump_json(baseline).decode() + "\n"


def from_text(text: str, file: str) -> Baseline:
    """Read a stored baseline; raises :exc:`BadInputError` with everything that is wrong with it."""
    try:
        found = _ADAPTER.validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise BadInputError(
            Problem(
                file, ".".join(map(str, item["loc"])) or "-", item["msg"], "a stored baseline", code="MW6601"
            )
            for item in error.errors(include_url=False)
        ) from error
    problems = [
        Problem(file, f"series.{number}", "its runs and values do not fit", "a value a run", code="MW6612")
        for number, each in enumerate(found.series)
        if len(each.runs) != len(each.values) or any(not 0 <= run < len(found.runs) for run in each.runs)
    ]
    if found.format != FORMAT:
        problems.append(Problem(file, "format", f"is {found.format!r}", repr(FORMAT), code="MW6613"))
    if problems:
        raise BadInputError(problems)
    return found
