"""Which of a facility's expected values a run set out to measure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from millwright.results.run_info import RunInfo
from millwright.verdicts.expectations import Expectation, expected_value


def split_asked(
    expectations: Sequence[Expectation], info: RunInfo
) -> tuple[tuple[Expectation, ...], tuple[Expectation, ...]]:
    """The expectations that the run recorded when it began, and all others.

    A run that recorded none is asked for all of them.
    """
    asked = frozenset(info.expected)
    known = [(each, not asked or expected_value(each) in asked) for each in expectations]
    return tuple(each for each, is_asked in known if is_asked), tuple(
        each for each, is_asked in known if not is_asked
    )


def find_wrongly_asked(expectations: Sequence[Expectation], info: RunInfo) -> Iterator[str]:
    """Values that a run recorded without its facility expecting them, and metrics that it dropped.

    A run may be limited to checks and nodes. It can't be limited to some metrics of a check: a metric that is
    missing from the record was taken out of it.
    """
    asked, left_out = split_asked(expectations, info)
    known = {expected_value(each) for each in asked}
    for value in sorted(set(info.expected) - known):
        what = f"{value.check} {value.metric} of {value.node}"
        yield f"it set out to measure {what}, which its facility does not expect"
    metrics: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in asked:
        metrics[each.partition, each.variant].add(each.metric)
    dropped = {
        (each.partition, each.variant, each.metric)
        for each in left_out
        if (each.partition, each.variant) in metrics
        and each.metric not in metrics[each.partition, each.variant]
    }
    for partition, check, metric in sorted(dropped):
        yield f"{metric} was left out of what it set out to measure with {check} on {partition}"
