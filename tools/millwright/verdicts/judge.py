"""Measured values against a reference: the verdict on one series of samples."""

from dataclasses import dataclass

from millwright.checks.declaration import Better
from millwright.core.verdict import Verdict
from millwright.statistics.interval import CONFIDENCE, Interval, Values, median_interval
from millwright.statistics.repetitions import repetitions_to_decide
from millwright.verdicts.reference import Reference


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and what it rests on."""

    verdict: Verdict | None
    """None for values that were measured and have no reference: there is nothing to judge."""
    interval: Interval | None
    """None if nothing was measured."""
    reason: str
    more_repetitions: int | None = None
    """For INCONCLUSIVE: how many further repetitions would decide; None if repeating does not help."""
    margin: float | None = None
    """Distance of the interval's bad end from the limit, as a share of the limit; negative misses it."""


def not_measured(reason: str) -> Judgement:
    """Say that an expected value is missing, and why."""
    return Judgement(Verdict.NOT_MEASURED, None, reason)


def judge(values: Values, reference: Reference | None) -> Judgement:
    """Judge the repetitions of one metric in one place, in the reference's unit.

    PASS when the bad end of the median's interval meets the reference within its tolerance, FAIL when
    the good end does not, else INCONCLUSIVE. Raises :exc:`ValueError` where there is no value.
    """
    return judge_interval(values, median_interval(values, CONFIDENCE), reference)


def judge_interval(values: Values, interval: Interval, reference: Reference | None) -> Judgement:
    """Judge repetitions whose interval is known, as :func:`judge` does."""
    if reference is None:
        return Judgement(None, interval, "measured; nothing was committed, so there is nothing to judge")
    bad, good = _ends(interval, reference)
    if bad is None or good is None:
        return _inconclusive(values, interval, reference, f"{interval.n} values are too few for an interval")
    margin = _margin(bad, reference)
    if reference.is_met_by(bad):
        return Judgement(Verdict.PASS, interval, "the whole interval meets the limit", margin=margin)
    if not reference.is_met_by(good):
        return Judgement(Verdict.FAIL, interval, "the whole interval misses the limit", margin=margin)
    return _inconclusive(values, interval, reference, "the limit lies within the interval", margin)


def _inconclusive(
    values: Values, interval: Interval, reference: Reference, why: str, margin: float | None = None
) -> Judgement:
    meeting = sum(map(reference.is_met_by, map(float, values)))
    more = repetitions_to_decide(len(values), meeting, CONFIDENCE)
    advice = f"about {more} more would decide" if more else "more repetitions would not decide"
    return Judgement(Verdict.INCONCLUSIVE, interval, f"{why}; {advice}", more, margin)


def _ends(interval: Interval, reference: Reference) -> tuple[float | None, float | None]:
    """Bad and good end of the interval."""
    ends = (interval.low, interval.high)
    return ends if reference.better is Better.HIGHER else (ends[1], ends[0])


def _margin(bad: float, reference: Reference) -> float | None:
    if reference.limit == 0:
        return None
    share = bad / reference.limit - 1
    return share if reference.better is Better.HIGHER else -share
