"""Samples of one job, as columns: one entry a series, its values in one stretch of an array."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from millwright.checks.declaration import Metric
from millwright.results.marks import Marks
from millwright.results.parsers.probe_line import ProbeSample

Codes = NDArray[np.int32]
Long = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

N = TypeVar("N", bound=np.generic)

SPARE = 1_000_000
"""Places that may stay unused in a table of all series, beside four for each sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Samples of one job, sorted by metric, node, device and repetition."""

    metrics: tuple[str, ...]
    units: tuple[str, ...]
    """One for each of `metrics`."""
    nodes: tuple[str, ...]
    devices: tuple[str, ...]
    metric: Codes
    """Index into `metrics`, one a series."""
    node: Codes
    device: Codes
    offsets: Long
    """Where each series begins, and the end of the last."""
    rep: Codes
    """One a sample, and so are the values."""
    value: Floats
    started: Floats | None = None
    """Seconds since 1970 UTC, NaN if unknown; None if no sample has one."""
    marks: Marks | None = None
    """One a sample; None if no sample has any."""
    last_lines: tuple[int, ...] = ()
    """Line of each node's last sample, counted from 0."""

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[ProbeSample]:
        """Every sample by itself: for few."""
        series = np.repeat(np.arange(len(self.metric)), np.diff(self.offsets))
        return (self._sample(int(one), at) for at, one in enumerate(series))

    def _sample(self, series: int, at: int) -> ProbeSample:
        metric = self.metric[series]
        started = None if self.started is None or np.isnan(self.started[at]) else float(self.started[at])
        return ProbeSample(
            metric=self.metrics[metric],
            value=float(self.value[at]),
            unit=self.units[metric],
            rep=int(self.rep[at]),
            node=self.nodes[self.node[series]],
            device=self.devices[self.device[series]],
            started=started,
        )

    def duplicates(self) -> Iterator[tuple[ProbeSample, int]]:
        """Repetitions that are there more than once, and how often."""
        same = np.zeros(len(self), dtype=bool)
        same[1:] = self.rep[1:] == self.rep[:-1]
        same[self.offsets[:-1]] = False
        firsts = np.flatnonzero(same & ~np.concatenate((same[1:], [False])))
        for last in firsts:
            first = last
            while same[first]:
                first -= 1
            series = int(np.searchsorted(self.offsets, last, side="right")) - 1
            yield self._sample(series, int(first)), int(last - first + 1)

    def count_by_node(self) -> list[int]:
        """Samples of each of `nodes`."""
        counts = np.bincount(self.node, weights=np.diff(self.offsets), minlength=len(self.nodes))
        return [int(count) for count in counts]

    def select(self, keep: Flags) -> "Measured":
        """Only the series that `keep` marks."""
        if keep.all():
            return self
        lengths = np.diff(self.offsets)
        rows = np.repeat(keep, lengths)
        return replace(
            self,
            metric=self.metric[keep],
            node=self.node[keep],
            device=self.device[keep],
            offsets=offsets_of(lengths[keep]),
            rep=self.rep[rows],
            value=self.value[rows],
            started=None if self.started is None else self.started[rows],
            marks=None if self.marks is None else self.marks[rows],
        )

    def rows_to_series(self, is_true: Flags) -> Flags:
        """Series with any sample that `is_true` marks."""
        marked = np.zeros(len(self.metric), dtype=bool)
        marked[np.searchsorted(self.offsets, np.flatnonzero(is_true), side="right") - 1] = True
        return marked


def offsets_of(lengths: Long) -> Long:
    """Where stretches of these lengths begin, and the end of the last."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)))


def gather_samples(samples: Iterable[ProbeSample], metrics: Mapping[str, Metric]) -> Measured:
    """Samples given one by one, as columns."""
    builder = MeasuredBuilder(metrics)
    builder.add_rows(list(enumerate(samples)))
    builder.end_block()
    return builder.build()


@dataclass(slots=True)
class _Names:
    """Text to codes, in the order of first use."""

    codes: dict[str, int] = field(default_factory=dict)

    def translate(self, codes: Codes, names: Sequence[str]) -> Codes:
        """Codes of another numbering in ours."""
        ours = np.zeros(len(names), dtype=np.int32)
        is_used = np.zeros(len(names), dtype=bool)
        is_used[codes] = True
        for code in np.flatnonzero(is_used).tolist():
            ours[code] = self.code(names[code])
        return ours[codes]

    def code(self, name: str) -> int:
        return self.codes.setdefault(name, len(self.codes))

    def ranks(self) -> tuple[tuple[str, ...], Codes]:
        """All names sorted, and the rank of each code."""
        names = tuple(sorted(self.codes))
        ranks = np.zeros(len(names), dtype=np.int32)
        for rank, name in enumerate(names):
            ranks[self.codes[name]] = rank
        return names, ranks


@dataclass(slots=True)
class _Chunk:
    metric: Codes
    node: Codes
    device: Codes
    rep: Codes
    value: Floats
    started: Floats | None


@dataclass(slots=True)
class MeasuredBuilder:
    """Takes samples in blocks, in the order of the output's lines within each call."""

    metrics: Mapping[str, Metric]
    metric: _Names = field(default_factory=_Names)
    node: _Names = field(default_factory=_Names)
    device: _Names = field(default_factory=_Names)
    chunks: list[_Chunk] = field(default_factory=list)
    lines: list[NDArray[np.intp]] = field(default_factory=list)
    """Lines of the chunks of this block."""
    counts: Long = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Samples of each node before this block."""
    last: Long = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Line of each node's last sample."""

    def add(  # noqa: PLR0913, PLR0917 - one argument a column
        self,
        metric: tuple[Codes, Sequence[str]],
        node: tuple[Codes, Sequence[str]],
        device: tuple[Codes, Sequence[str]],
        rep: Codes,
        value: Floats,
        started: Floats | None,
        lines: NDArray[np.intp],
    ) -> None:
        """Take samples; `lines` ascends."""
        if len(value):
            columns = (self.metric.translate(*metric), self.node.translate(*node))
            self.chunks.append(_Chunk(*columns, self.device.translate(*device), rep, value, started))
            self.lines.append(lines)

    def add_rows(self, rows: Sequence[tuple[int, ProbeSample]]) -> None:
        """Take samples one by one, each with its line."""
        if not rows:
            return
        samples = [sample for _, sample in rows]
        started = [np.nan if sample.started is None else sample.started for sample in samples]
        self.chunks.append(
            _Chunk(
                metric=_codes(self.metric.code(sample.metric) for sample in samples),
                node=_codes(self.node.code(sample.node) for sample in samples),
                device=_codes(self.device.code(sample.device) for sample in samples),
                rep=_codes(sample.rep for sample in samples),
                value=np.array([sample.value for sample in samples], dtype=np.float64),
                started=None if np.isnan(started).all() else np.array(started),
            )
        )
        self.lines.append(np.array([line for line, _ in rows], dtype=np.intp))

    def count_before(self, places: Sequence[tuple[str, int]]) -> list[int]:
        """How many samples of a node were printed before a line of this block, for each (node, line)."""
        wanted = np.array([self.node.code(node) for node, _ in places], dtype=np.int64)
        at = np.array([line for _, line in places], dtype=np.int64)
        self._grow()
        before = self.counts[wanted]
        if self.lines:
            chunks = self.chunks[-len(self.lines) :]
            nodes = np.concatenate([chunk.node for chunk in chunks]).astype(np.int64)
            lines = np.concatenate(self.lines).astype(np.int64)
            base = int(max(lines.max(), at.max())) + 1
            keys = np.sort(nodes * base + lines)
            before = before + np.searchsorted(keys, wanted * base + at)
            before = before - np.searchsorted(keys, wanted * base)
        return [int(count) for count in before]

    def end_block(self) -> None:
        """Close the block."""
        self._grow()
        for lines, chunk in zip(self.lines, self.chunks[len(self.chunks) - len(self.lines) :], strict=True):
            self.counts += np.bincount(chunk.node, minlength=len(self.counts))
            latest = np.full(len(self.last), -1, dtype=np.int64)
            latest[chunk.node] = lines  # of several lines of a node the last one stays
            np.maximum(self.last, latest, out=self.last)
        self.lines = []

    def _grow(self) -> None:
        more = len(self.node.codes) - len(self.counts)
        if more:
            self.counts = np.concatenate((self.counts, np.zeros(more, dtype=np.int64)))
            self.last = np.concatenate((self.last, np.full(more, -1, dtype=np.int64)))

    def build(self) -> Measured:
        """All samples, sorted; the builder is empty then."""
        metrics, metric_rank = self.metric.ranks()
        nodes, node_rank = self.node.ranks()
        devices, device_rank = self.device.ranks()
        last = np.empty(len(nodes), dtype=np.int64)
        self._grow()
        last[node_rank] = self.last
        rep = self._take(lambda chunk: chunk.rep, np.int32)
        place = np.empty(len(rep), dtype=np.int64)
        at = 0
        for chunk in self.chunks:
            part = place[at : at + len(chunk.rep)]
            part[:] = metric_rank[chunk.metric]
            part *= len(nodes)
            part += node_rank[chunk.node]
            part *= len(devices)
            part += device_rank[chunk.device]
            at += len(part)
        places, series = _number(place, len(metrics) * len(nodes) * len(devices))
        del place
        order = _order(series, rep, len(places))
        value = self._take(lambda chunk: chunk.value, np.float64)
        started = None
        if any(chunk.started is not None for chunk in self.chunks):
            started = self._take(
                lambda chunk: np.full(len(chunk.rep), np.nan) if chunk.started is None else chunk.started,
                np.float64,
            )
        self.chunks = []
        lengths = np.bincount(series, minlength=len(places)).astype(np.int64)
        if order is not None:
            rep, value = rep[order], value[order]
            started = None if started is None else started[order]
        upper, device = np.divmod(places, max(1, len(devices)))
        metric, node = np.divmod(upper, max(1, len(nodes)))
        return Measured(
            metrics=metrics,
            units=tuple(self.metrics[name].unit for name in metrics),
            nodes=nodes,
            devices=devices,
            metric=metric.astype(np.int32),
            node=node.astype(np.int32),
            device=device.astype(np.int32),
            offsets=offsets_of(lengths),
            rep=rep,
            value=value,
            started=started,
            last_lines=tuple(last.tolist()),
        )

    def _take(self, column: Callable[[_Chunk], NDArray[N]], kind: type[N]) -> NDArray[N]:
        return np.concatenate([column(chunk) for chunk in self.chunks] or [np.zeros(0, dtype=kind)])


def _codes(values: Iterable[int]) -> Codes:
    return np.array(list(values), dtype=np.int32)


def _number(place: Long, space: int) -> tuple[Long, Long]:
    """The places that occur, sorted, and which of them each sample has."""
    if space > 4 * len(place) + SPARE:
        places, series = np.unique(place, return_inverse=True)
        return places, series
    present = np.zeros(space, dtype=bool)
    present[place] = True
    number = np.cumsum(present, dtype=np.int64) - 1
    return np.flatnonzero(present).astype(np.int64), number[place]


def _order(series: Long, rep: Codes, count: int) -> Long | None:
    """Which sample comes where; None if they are sorted."""
    if not len(series):
        return None
    span = int(rep.max()) + 1
    key = series * span + rep
    if (key[1:] >= key[:-1]).all():
        return None
    if count * span == len(key):
        order = np.full(len(key), -1, dtype=np.int64)
        order[key] = np.arange(len(key))
        if (order >= 0).all():
            return order
    return np.argsort(key)
