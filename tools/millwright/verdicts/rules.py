"""Rules of a commitment that contradict each other, or with which nothing could ever pass."""

from collections.abc import Iterator

from millwright.checks.declaration import Better, Metric, Scope, Statistic
from millwright.core.frozen import Finding
from millwright.facility.model import Commitment
from millwright.facility.topics.judging import FewRuns
from millwright.statistics.quantiles import fewest_for_quantile

FEWEST_OF_MEDIAN = 6
"""Repetitions below which a median has no 95 % interval."""


def find_rule_problems(commitment: Commitment, definition: Metric, key: str) -> Iterator[Finding]:
    """Every such rule of the commitment at ``key``, a dotted path."""
    statistic = commitment.statistic or definition.judged_by
    if commitment.statistic is Statistic.MEDIAN and definition.judged_by is Statistic.DEFECTS:
        known = "defects, every or worst"
        yield Finding("MW7541", f"{key}.statistic", "a median hides wrong results", known)
    if (commitment.quantile is not None) != (commitment.statistic is Statistic.QUANTILE):
        both = "statistic: quantile and quantile, or neither"
        yield Finding("MW7542", f"{key}.quantile", "a quantile and its statistic belong together", both)
    if commitment.few_runs is not FewRuns.INCONCLUSIVE and statistic is not Statistic.MEDIAN:
        yield Finding("MW7543", f"{key}.few_runs", f"rules nothing of statistic {statistic}", "no such key")
    fewest = _fewest(commitment, definition, statistic)
    if commitment.maximum_n is not None and commitment.maximum_n < fewest:
        problem = "with so few repetitions nothing can pass"
        yield Finding("MW7544", f"{key}.maximum_n", problem, f"at least {fewest}")
    if commitment.fleet.rule != "all" and definition.scope is not Scope.NODE:
        yield Finding("MW7545", f"{key}.fleet", "the check measures no single nodes", "no such key")


def _fewest(commitment: Commitment, definition: Metric, statistic: Statistic) -> int:
    """Repetitions below which nothing passes."""
    stated = commitment.minimum_n or 1
    quantile = commitment.quantile if commitment.statistic else definition.quantile
    if statistic is Statistic.QUANTILE and quantile is not None:
        tail = quantile if definition.better is Better.LOWER else 1 - quantile
        return max(stated, fewest_for_quantile(tail))
    has_rule = commitment.few_runs is not FewRuns.INCONCLUSIVE
    return max(stated, FEWEST_OF_MEDIAN) if statistic is Statistic.MEDIAN and not has_rule else stated
