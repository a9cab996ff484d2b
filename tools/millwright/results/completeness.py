"""Whether a job measured everything that it was started for, and the one value that sums it up."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from millwright.checks.declaration import Better, Metric
from millwright.results.parsers.probe import ProbeSample

FEWEST_REPETITIONS = 6
"""Fewer give no distribution-free 95 % interval of the median: 2 * 0.5 ** 5 exceeds 5 %."""


def find_missing(
    samples: Collection[ProbeSample], metrics: Collection[str], places: Collection[str]
) -> Iterator[str]:
    """What is missing or too much: every place, each of its devices and every metric, often enough."""
    found = {sample.node for sample in samples}
    for place in sorted(found - set(places)):
        yield f"values of {place}, which the job did not run on"
    series = Counter((sample.node, sample.device, sample.metric) for sample in samples)
    devices = {(sample.node, sample.device) for sample in samples} | {
        (place, "") for place in set(places) - found
    }
    for place, device in sorted(devices):
        for metric in metrics:
            count = series[place, device, metric]
            if count < FEWEST_REPETITIONS:
                where = f"{place} device {device}" if device else place
                yield f"{metric} of {where} has {count} repetitions, {FEWEST_REPETITIONS} needed"


def worst_medians(samples: Collection[ProbeSample], metrics: Mapping[str, Metric]) -> dict[str, float]:
    """For each metric the median over the repetitions, of the node or device where it is worst.

    A metric without a sample is left out.
    """
    values: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        values[sample.metric][sample.node, sample.device].append(sample.value)
    return {
        metric: (min if metrics[metric].better is Better.HIGHER else max)(
            map(statistics.median, places.values())
        )
        for metric, places in values.items()
    }
