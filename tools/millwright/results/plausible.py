"""Values that no hardware gives: below zero, or above what a part or a link can do."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from millwright.checks.declaration import Metric
from millwright.results.measured import Flags, Measured
from millwright.results.parsers.probe_line import Fault
from millwright.results.run_info import Bound
from millwright.results.samples import Samples


def find_implausible(
    measured: Measured, metrics: Mapping[str, Metric], bounds: Iterable[Bound]
) -> Iterator[Fault]:
    """Places with a value that can't be; ``bounds`` are those of the case's partition and check."""
    if not len(measured):
        return
    greatest = np.maximum.reduceat(measured.value, measured.offsets[:-1])
    least = np.minimum.reduceat(measured.value, measured.offsets[:-1])
    names = measured.metrics
    may_be_negative = np.array([metrics[name].signed for name in names], dtype=bool)
    yield from _faults(measured, (least < 0) & ~may_be_negative[measured.metric], "is below zero")
    for bound in bounds:
        if bound.metric in names:
            above = _concerned(measured, bound) & (greatest > bound.value)
            limit = f"{bound.value:.6g} {metrics[bound.metric].unit}"
            yield from _faults(measured, above, f"is above {limit}, {bound.source}")


def find_above(samples: Samples, bounds: Iterable[Bound]) -> Iterator[str]:
    """Stored series with a value above what its hardware can do, in words."""
    if not len(samples):
        return
    greatest = np.maximum.reduceat(samples.value, samples.offsets[:-1])
    is_node = np.array([not device for device in samples.device.names], dtype=bool)[samples.device.codes]
    for bound in bounds:
        variants = [(one.partition, one.check) == (bound.partition, bound.check) for one in samples.variants]
        if bound.metric not in samples.metric.names or not any(variants):
            continue
        above = np.array(variants, dtype=bool)[samples.variant] & (greatest > bound.value)
        above &= samples.metric.codes == samples.metric.names.index(bound.metric)
        if bound.kind != "place":
            above &= is_node if bound.kind == "node" else ~is_node
        for at in np.flatnonzero(above).tolist():
            series = samples.series[at]
            what = f"{series.metric} of {series.variant} on {series.partition}, {series.node} {series.device}"
            yield f"{what.rstrip()}: a value is above {bound.value:.6g} {series.unit}, {bound.source}"


def _concerned(measured: Measured, bound: Bound) -> Flags:
    """The series that a bound holds for."""
    is_metric: Flags = measured.metric == measured.metrics.index(bound.metric)
    if bound.kind == "place":
        return is_metric
    is_node: Flags = np.array([not device for device in measured.devices], dtype=bool)[measured.device]
    return is_metric & (is_node if bound.kind == "node" else ~is_node)


def _faults(measured: Measured, series: Flags, why: str) -> Iterator[Fault]:
    for at in np.flatnonzero(series).tolist():
        metric = measured.metrics[measured.metric[at]]
        node, device = measured.nodes[measured.node[at]], measured.devices[measured.device[at]]
        place = f"{node} device {device}" if device else node
        yield Fault(f"implausible: a value of {metric} on {place} {why}", node, device, metric)
