"""Measured values against a reference: the verdict on one series of samples."""

import numpy as np

from millwright.checks.declaration import Better, Statistic
from millwright.core.verdict import Verdict
from millwright.facility.topics.judging import FewRuns
from millwright.statistics.interval import CONFIDENCE, Interval, Values, median_interval
from millwright.statistics.quantiles import fewest_for_quantile, quantile_bounds, rate_not_excluded
from millwright.statistics.repetitions import repetitions_to_decide
from millwright.statistics.sign_test import p_fail
from millwright.verdicts.deviation import deviation
from millwright.verdicts.judgement import Judgement, not_measured
from millwright.verdicts.reference import Reference

__all__ = ["Judgement", "judge", "judge_interval", "not_measured"]

GROSS_MISS = 0.5
"""A repetition that is worse than the limit by more than this share of it misses it grossly."""
GROSS_SHARE = 0.1
"""With more gross misses than this share of the repetitions, a median alone is no PASS."""


def judge(values: Values, reference: Reference | None) -> Judgement:
    """Judge the repetitions of one metric in one place, in the reference's unit.

    The reference names the statistic. Median: PASS when the bad end of its interval meets the limit, FAIL
    when the good end does not, else INCONCLUSIVE. Quantile: the same with its one-sided bounds. Worst value,
    every repetition and defects: PASS or FAIL without an interval, and one miss is a FAIL.
    Raises :exc:`ValueError` where there is no value.
    """
    return judge_interval(values, median_interval(values, CONFIDENCE), reference)


def judge_interval(values: Values, interval: Interval, reference: Reference | None) -> Judgement:
    """Judge repetitions whose interval is known, as :func:`judge` does."""
    if reference is None:
        return Judgement(None, interval, "measured; nothing was committed, so there is nothing to judge")
    if reference.maximum_n is not None and interval.n > reference.maximum_n:
        why = f"{interval.n} repetitions, at most {reference.maximum_n} were agreed"
        return _result(Verdict.INCONCLUSIVE, values, interval, reference, why, None, interval.median)
    match reference.statistic:
        case Statistic.MEDIAN:
            found = _judge_median(values, interval, reference)
        case Statistic.QUANTILE:
            found = _judge_quantile(values, interval, reference)
        case _:
            found = _judge_worst(values, interval, reference)
    return found


def _judge_median(values: Values, interval: Interval, reference: Reference) -> Judgement:
    bad, good = _ends(interval, reference)
    if bad is None or good is None:
        return _judge_few(values, interval, reference)
    if not reference.is_met_by(good):
        why, verdict = "the whole interval misses the limit", Verdict.FAIL
    elif not reference.is_met_by(bad):
        return _undecided(values, interval, reference, "the limit lies within the interval", bad)
    elif interval.n < reference.fewest:
        return _too_few(values, interval, reference, bad, interval.median)
    elif (gross := _gross_misses(values, interval, reference)) > GROSS_SHARE * interval.n:
        why = (
            f"{gross} of {interval.n} repetitions miss the limit by more than half of it, of which a median "
            "says nothing; commit a quantile, the worst value or every repetition"
        )
        verdict = Verdict.INCONCLUSIVE
    else:
        why, verdict = "the whole interval meets the limit", Verdict.PASS
    return _result(verdict, values, interval, reference, why, bad, interval.median)


def _judge_few(values: Values, interval: Interval, reference: Reference) -> Judgement:
    """Fewer values than an interval needs: by the rule of the commitment."""
    if reference.few_runs is FewRuns.INCONCLUSIVE:
        return _undecided(
            values, interval, reference, f"{interval.n} values are too few for an interval", None
        )
    if reference.few_runs is FewRuns.EVERY:
        return _judge_worst(values, interval, reference)
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    middle = (interval.n - 1) // 2 if reference.better is Better.HIGHER else interval.n // 2
    value = float(ordered[middle])
    if not reference.is_met_by(value):
        why = f"the median or slower of {interval.n} misses the limit"
        return _result(Verdict.FAIL, values, interval, reference, why, value, value)
    if interval.n < reference.fewest:
        return _too_few(values, interval, reference, value, value)
    why = f"the median or slower of {interval.n} meets the limit"
    return _result(Verdict.PASS, values, interval, reference, why, value, value)


def _judge_worst(values: Values, interval: Interval, reference: Reference) -> Judgement:
    """Worst value, every repetition and defects: one miss is a FAIL, whatever the number."""
    value = interval.minimum if reference.better is Better.HIGHER else interval.maximum
    if not reference.is_met_by(value):
        misses = _misses(values, reference)
        why = f"{misses} of {interval.n} repetitions miss the limit"
        if reference.statistic is Statistic.DEFECTS:
            why = f"wrong results in {misses} of {interval.n} repetitions"
        return _result(Verdict.FAIL, values, interval, reference, why, value, value)
    if interval.n < reference.fewest:
        return _too_few(values, interval, reference, value, value)
    why = f"each of {interval.n} repetitions meets the limit"
    if reference.statistic is Statistic.DEFECTS:
        rate = rate_not_excluded(interval.n)
        why += f"; a rate of defects up to {rate:.2g} a repetition is not excluded (95 %)"
    return _result(Verdict.PASS, values, interval, reference, why, value, value)


def _judge_quantile(values: Values, interval: Interval, reference: Reference) -> Judgement:
    q = reference.quantile
    if q is None:
        raise ValueError("a quantile is judged, and none is named")
    bounds = quantile_bounds(np.sort(np.asarray(values, dtype=np.float64)), q, CONFIDENCE)
    is_higher = reference.better is Better.HIGHER
    bad, good = (bounds.low, bounds.high) if is_higher else (bounds.high, bounds.low)
    needed = max(reference.fewest, fewest_for_quantile(1 - q if is_higher else q))
    if good is not None and not reference.is_met_by(good):
        why = f"the bound of quantile {q:g} misses the limit"
        return _result(Verdict.FAIL, values, interval, reference, why, good, bounds.value)
    if bad is None or interval.n < needed:
        more = max(1, needed - interval.n)
        why = f"{interval.n} values are too few for quantile {q:g}; {needed} are needed"
        return _result(Verdict.INCONCLUSIVE, values, interval, reference, why, bad, bounds.value, more)
    if reference.is_met_by(bad):
        why = f"the bound of quantile {q:g} meets the limit"
        return _result(Verdict.PASS, values, interval, reference, why, bad, bounds.value)
    why = f"the limit lies within the bounds of quantile {q:g}"
    return _result(Verdict.INCONCLUSIVE, values, interval, reference, why, bad, bounds.value)


def _undecided(
    values: Values, interval: Interval, reference: Reference, why: str, bad: float | None
) -> Judgement:
    """A median whose interval does not decide, with the repetitions that would."""
    meeting = interval.n - _misses(values, reference)
    more = repetitions_to_decide(interval.n, meeting, CONFIDENCE)
    if more and reference.maximum_n is not None and interval.n + more > reference.maximum_n:
        advice, more = f"at most {reference.maximum_n} repetitions were agreed, which would not decide", None
    else:
        advice = f"about {more} more would decide" if more else "more repetitions would not decide"
    text = f"{why}; {advice}"
    return _result(Verdict.INCONCLUSIVE, values, interval, reference, text, bad, interval.median, more)


def _too_few(values: Values, interval: Interval, reference: Reference, bad: float, value: float) -> Judgement:
    more = reference.fewest - interval.n
    why = f"{interval.n} of at least {reference.fewest} repetitions"
    return _result(Verdict.INCONCLUSIVE, values, interval, reference, why, bad, value, more)


def _result(  # noqa: PLR0913, PLR0917 - the grounds of a verdict, one by one
    verdict: Verdict,
    values: Values,
    interval: Interval,
    reference: Reference,
    why: str,
    bad: float | None,
    value: float,
    more: int | None = None,
) -> Judgement:
    misses = 0 if reference.is_met_by(_worst_of(interval, reference)) else _misses(values, reference)
    return Judgement(
        verdict,
        interval,
        why,
        more,
        margin=None if bad is None else deviation(bad, reference.limit, reference.better),
        statistic=reference.statistic,
        value=value,
        deviation=deviation(value, reference.value, reference.better),
        misses=misses,
        p_fail=_p_fail(interval.n, misses, reference),
    )


def _p_fail(n: int, misses: int, reference: Reference) -> float | None:
    """Of the sign test, or of the binomial test of a quantile; None for rules without chance."""
    if reference.statistic is Statistic.MEDIAN:
        few = n < 6 and reference.few_runs is not FewRuns.INCONCLUSIVE
        return None if few else p_fail(n, misses)
    if reference.statistic is not Statistic.QUANTILE or reference.quantile is None:
        return None
    from scipy.stats import binom  # noqa: PLC0415 - two seconds that other statistics need not wait

    share = reference.quantile if reference.better is Better.HIGHER else 1 - reference.quantile
    return float(binom.sf(misses - 1, n, share))


def _misses(values: Values, reference: Reference) -> int:
    array = np.asarray(values, dtype=np.float64)
    missing = array < reference.limit if reference.better is Better.HIGHER else array > reference.limit
    return int(np.count_nonzero(missing))


def _gross_misses(values: Values, interval: Interval, reference: Reference) -> int:
    """Repetitions worse than the limit by more than half of it; of a limit of 0, all that miss it."""
    sign = 1 if reference.better is Better.HIGHER else -1
    bound = reference.limit - sign * GROSS_MISS * abs(reference.limit)
    if sign * _worst_of(interval, reference) >= sign * bound:
        return 0
    return int(np.count_nonzero(sign * np.asarray(values, dtype=np.float64) < sign * bound))


def _worst_of(interval: Interval, reference: Reference) -> float:
    return interval.minimum if reference.better is Better.HIGHER else interval.maximum


def _ends(interval: Interval, reference: Reference) -> tuple[float | None, float | None]:
    """Bad and good end of the interval."""
    ends = (interval.low, interval.high)
    return ends if reference.better is Better.HIGHER else (ends[1], ends[0])
