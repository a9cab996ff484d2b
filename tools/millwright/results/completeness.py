"""Whether a job measured everything that it was started for, and the one value that sums it up."""

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from millwright.checks.declaration import Better, Metric
from millwright.results.measured import Floats, Measured
from millwright.results.parsers.probe_line import Fault

FEWEST_REPETITIONS = 6
"""Fewer give no distribution-free 95 % interval of the median: 2 * 0.5 ** 5 exceeds 5 %."""


def find_missing(measured: Measured, metrics: Collection[str], places: Collection[str]) -> Iterator[Fault]:
    """What is missing or too much: every place, each of its devices and every metric, often enough."""
    for place in sorted(set(measured.nodes) - set(places)):
        yield Fault(f"values of {place}, which the job did not run on", place)
    order = {metric: number for number, metric in enumerate(metrics)}
    which = np.array([order[metric] for metric in measured.metrics] or [0], dtype=np.int64)
    found = measured.node.astype(np.int64) * max(1, len(measured.devices)) + measured.device
    devices, row = np.unique(found, return_inverse=True)
    counts = np.zeros((len(devices), len(order)), dtype=np.int64)
    counts[row, which[measured.metric]] = np.diff(measured.offsets)
    few = [
        (*_names(measured, int(devices[at])), metric, int(counts[at, metric]))
        for at, metric in np.argwhere(counts < FEWEST_REPETITIONS).tolist()
    ]
    silent = [
        (place, "", metric, 0) for place in set(places) - set(measured.nodes) for metric in order.values()
    ]
    names = list(order)
    for place, device, metric, count in sorted([*few, *silent]):
        where = f"{place} device {device}" if device else place
        text = f"{names[metric]} of {where} has {count} repetitions, {FEWEST_REPETITIONS} needed"
        yield Fault(text, place, device, names[metric])


def _names(measured: Measured, place: int) -> tuple[str, str]:
    """Node and device."""
    node, device = divmod(place, max(1, len(measured.devices)))
    return measured.nodes[node], measured.devices[device]


def worst_medians(measured: Measured, metrics: Mapping[str, Metric]) -> dict[str, float]:
    """For each metric the median over the repetitions, of the node or device where it is worst.

    A metric without a sample is left out.
    """
    medians = _medians(measured)
    return {
        name: float(
            (np.min if metrics[name].better is Better.HIGHER else np.max)(medians[measured.metric == code])
        )
        for code, name in enumerate(measured.metrics)
        if (measured.metric == code).any()
    }


def _medians(measured: Measured) -> Floats:
    """Of each series; those of one length are computed together."""
    lengths = np.diff(measured.offsets)
    medians = np.zeros(len(lengths))
    for length in np.unique(lengths).tolist():
        chosen = np.flatnonzero(lengths == length)
        rows = measured.offsets[:-1][chosen][:, np.newaxis] + np.arange(length)
        medians[chosen] = np.median(measured.value[rows], axis=1)
    return medians
