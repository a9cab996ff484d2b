"""Why an expected value is missing."""

from collections.abc import Iterator

from millwright.results.evidence import Origin
from millwright.results.runs import Run
from millwright.verdicts.expectations import Expectation

MAX_REASONS = 3


def explain_absence(expectation: Expectation, run: Run) -> str:
    """Say why a run holds no value for an expectation; never empty."""
    reasons = list(dict.fromkeys(_reasons(expectation, run)))
    shown = reasons[:MAX_REASONS]
    more = len(reasons) - len(shown)
    return "; ".join([*shown, f"and {more} more reasons"] if more else shown)


def _reasons(expectation: Expectation, run: Run) -> Iterator[str]:
    """Everything known, the most telling first."""
    unavailable = dict(run.info.unavailable_nodes)
    counted = [case.origin for case in run.counted if _concerns(case.origin, expectation)]
    rejected = [case for case in run.rejected if _concerns(case.origin, expectation)]
    for origin in (*counted, *(case.origin for case in rejected)):
        unavailable.update(origin.nodes_left_out)
    missing = [
        f"{node} took no job: {unavailable[node]}" for node in expectation.nodes if node in unavailable
    ]
    rejections = [f"rejected: {'; '.join(case.reasons)}" for case in rejected]
    yield from missing
    yield from rejections
    if missing or rejections:
        return
    if counted:
        yield f"the check ran and printed no {expectation.metric} of {expectation.place}"
        return
    yield "not run"
    yield from (f"{seat} left no usable report: {why}" for seat, why in run.info.failed_sessions.items())


def _concerns(origin: Origin, expectation: Expectation) -> bool:
    place = (expectation.partition, expectation.check, expectation.parameters)
    return (origin.partition, origin.check, origin.parameters) == place
