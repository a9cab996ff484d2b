"""Why an expected value is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from millwright.results.evidence import Origin, Rejected
from millwright.results.runs import Run
from millwright.verdicts.expectations import Expectation

MAX_REASONS = 3

Measure = tuple[str, str, str]
"""Partition, check and parameters."""


@dataclass(frozen=True, slots=True)
class _Cases:
    """What a run knows of one check on one partition."""

    counted: list[Origin] = field(default_factory=list)
    whole: list[Rejected] = field(default_factory=list)
    """Cases that were rejected."""
    places: dict[str, list[Rejected]] = field(default_factory=dict)
    """Places that were rejected, by node."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Nodes that took no job, and why."""


class Absences:
    """Everything that a run knows of what it lacks."""

    def __init__(self, run: Run) -> None:
        """Sort the run's cases by what they measured."""
        self._run = run
        self._cases: dict[Measure, _Cases] = {}
        for counted in run.counted:
            found = self._of(counted.origin)
            found.counted.append(counted.origin)
            found.left_out.update(counted.origin.nodes_left_out)
        for rejected in run.rejected:
            found = self._of(rejected.origin)
            found.left_out.update(rejected.origin.nodes_left_out)
            if rejected.node:
                found.places.setdefault(rejected.node, []).append(rejected)
            else:
                found.whole.append(rejected)

    def explain(self, expectation: Expectation) -> str:
        """Why a run holds no value for an expectation; never empty."""
        reasons = list(dict.fromkeys(self._reasons(expectation)))
        shown = reasons[:MAX_REASONS]
        more = len(reasons) - len(shown)
        return "; ".join([*shown, f"and {more} more reasons"] if more else shown)

    def devices_of(self, expectation: Expectation) -> dict[str, str]:
        """Devices of the expected place whose values were rejected, and why."""
        cases = self._cases.get(_measure(expectation))
        if not cases or not cases.places:
            return {}
        rejected = cases.places.get(expectation.place, [])
        return {
            one.device: _words(one)
            for one in rejected
            if one.device and one.metric in {"", expectation.metric}
        }

    def _of(self, origin: Origin) -> _Cases:
        return self._cases.setdefault((origin.partition, origin.check, origin.parameters), _Cases())

    def _reasons(self, expectation: Expectation) -> Iterator[str]:
        """Everything known, the most telling first."""
        cases = self._cases.get(_measure(expectation), _Cases())
        unavailable = {**self._run.info.unavailable_nodes, **cases.left_out}
        own = [
            rejected
            for node in {expectation.place: None, **dict.fromkeys(expectation.nodes)}
            for rejected in cases.places.get(node, ())
            if rejected.metric in {"", expectation.metric}
        ]
        missing = [
            f"{node} took no job: {unavailable[node]}" for node in expectation.nodes if node in unavailable
        ]
        rejections = [_words(rejected) for rejected in (*own, *cases.whole)]
        yield from missing
        yield from rejections
        if missing or rejections:
            return
        if cases.counted or cases.places:
            yield f"the check ran and printed no {expectation.metric} of {expectation.place}"
            return
        yield "not run"
        failed = self._run.info.failed_sessions
        yield from (f"{seat} left no usable report: {why}" for seat, why in failed.items())


def _measure(expectation: Expectation) -> Measure:
    return (expectation.partition, expectation.check, expectation.parameters)


def _words(rejected: Rejected) -> str:
    return f"rejected: {'; '.join(rejected.reasons)}"
