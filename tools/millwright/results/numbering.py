"""Samples of the cases that measured one variant, with repetitions numbered on from case to case."""

from collections.abc import Sequence

import numpy as np

from millwright.results.marks import Marks
from millwright.results.measured import Codes, Floats, Long, Measured, offsets_of
from millwright.results.samples import UNKNOWN_TIME, Job, Names, Samples, Variant, join_names

MICROSECONDS = 1e6


def number_on(
    variant: Variant, cases: Sequence[tuple[Job, Measured]], facility: str, *, emulated: bool
) -> Samples:
    """Join the cases of one variant, in their order: nothing is left out, there is no best of."""
    metric = join_names((found.metric, found.metrics) for _, found in cases)
    node = join_names((found.node, found.nodes) for _, found in cases)
    device = join_names((found.device, found.devices) for _, found in cases)
    units = {name: unit for _, found in cases for name, unit in zip(found.metrics, found.units, strict=True)}
    lengths = np.concatenate([np.diff(found.offsets) for _, found in cases])
    rep = np.concatenate([found.rep for _, found in cases])
    value = np.concatenate([found.value for _, found in cases])
    started = np.concatenate([_microseconds(found) for _, found in cases])
    marks = np.concatenate([_marks(found) for _, found in cases])
    job = np.repeat(np.arange(len(cases), dtype=np.int32), [len(found) for _, found in cases])
    if len(cases) > 1:
        order, first, lengths, rep = _merge((metric, node, device), cases, lengths, rep)
        metric, node, device = (Names(one.codes[first], one.names) for one in (metric, node, device))
        value, started, marks, job = value[order], started[order], marks[order], job[order]
    value.flags.writeable = False
    unit_codes = np.array([0], dtype=np.int32)
    names = tuple(units[name] for name in metric.names)
    unit_codes = np.arange(len(names), dtype=np.int32)
    return Samples(
        facility=facility,
        variant=np.zeros(len(lengths), dtype=np.int32),
        variants=(variant,),
        metric=metric,
        unit=Names(unit_codes[metric.codes] if names else metric.codes, names),
        node=node,
        device=device,
        emulated=np.full(len(lengths), emulated),
        offsets=offsets_of(lengths),
        rep=rep,
        value=value,
        started=started,
        marks=marks,
        job=job,
        jobs=tuple(job for job, _ in cases),
    )


def _marks(found: Measured) -> Marks:
    return np.zeros(len(found), dtype=np.uint8) if found.marks is None else found.marks


def _microseconds(found: Measured) -> Long:
    if found.started is None:
        return np.full(len(found), UNKNOWN_TIME, dtype=np.int64)
    known = ~np.isnan(found.started)
    rounded: Floats = np.round(np.where(known, found.started, 0.0) * MICROSECONDS)
    return np.where(known, rounded.astype(np.int64), UNKNOWN_TIME)


def _merge(
    columns: tuple[Names, Names, Names], cases: Sequence[tuple[Job, Measured]], lengths: Long, rep: Codes
) -> tuple[Long, Long, Long, Codes]:
    """Order of the samples, one old series for each new one, lengths of the new ones, and new repetitions."""
    key = np.zeros(len(lengths), dtype=np.int64)
    for column in columns:
        ranks = np.empty(len(column.names), dtype=np.int64)
        ranks[sorted(range(len(column.names)), key=column.names.__getitem__)] = np.arange(len(column.names))
        key = key * max(1, len(column.names)) + (ranks[column.codes] if len(ranks) else 0)
    _, first, series = np.unique(key, return_index=True, return_inverse=True)
    following = np.zeros(len(first), dtype=np.int64)
    shift = np.zeros(len(lengths), dtype=np.int64)
    ends = offsets_of(lengths)
    at = 0
    for _, found in cases:
        own = np.arange(at, at + len(found.metric))
        shift[own] = following[series[own]]
        last = rep[ends[own + 1] - 1]  # repetitions ascend within a series
        following[series[own]] += last + 1
        at += len(own)
    of_sample = np.repeat(series, lengths)
    numbered = rep + np.repeat(shift, lengths)
    order = np.lexsort((numbered, of_sample))
    new_lengths = np.bincount(series, weights=lengths, minlength=len(first)).astype(np.int64)
    return order, first, new_lengths, numbered[order].astype(np.int32)
