"""All samples of a run as columns, and its series: never an object a sample."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from millwright.checks.naming import name_variant
from millwright.results.marks import TEXTS, Marks
from millwright.results.measured import Codes, Flags, Floats, Long, offsets_of
from millwright.results.sample import Sample

N = TypeVar("N", bound=np.generic)

UNKNOWN_TIME = np.iinfo(np.int64).min
"""Stands for a start time that is not known."""

Key = tuple[str, str, str, str, str]
"""Partition, check, parameters, metric and unit: what an expectation and its series share."""


class Variant(NamedTuple):
    """What all series of a case have in common."""

    partition: str
    check: str
    parameters: str = ""
    environment: str = ""


class Job(NamedTuple):
    """What a sample was measured in."""

    job_id: str
    case: str


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Every repetition of one metric in one place."""

    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str
    environment: str
    metric: str
    unit: str
    node: str
    """Node, or a folded node set."""
    device: str
    values: Floats
    """In `unit`, in the order of the repetitions; read-only."""
    emulated: bool
    marks: Marks | None = None
    """One a repetition; None if none has any."""

    @property
    def variant(self) -> str:
        """The check with its parameters, as a facility file names it."""
        return name_variant(self.check, self.parameters)

    @property
    def key(self) -> Key:
        """What the series shares with the expectation it answers."""
        return (self.partition, self.check, self.parameters, self.metric, self.unit)

    @property
    def place(self) -> tuple[str, ...]:
        """What tells the series from every other of its run."""
        return (*self.key, self.environment, self.node, self.device)


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """A column of text: codes, and what each stands for."""

    codes: Codes
    names: tuple[str, ...]

    def __getitem__(self, at: int) -> str:
        return self.names[int(self.codes[at])]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples sorted by variant, metric, node, device and repetition."""

    facility: str
    variant: Codes
    """Index into `variants`, one a series, and so are the next five."""
    variants: tuple[Variant, ...]
    metric: Names
    unit: Names
    node: Names
    device: Names
    emulated: Flags
    offsets: Long
    """Where each series begins, and the end of the last."""
    rep: Codes
    """One a sample, and so are the next four."""
    value: Floats
    started: Long
    """Microseconds since 1970 UTC, or UNKNOWN_TIME."""
    marks: Marks
    job: Codes
    """Index into `jobs`."""
    jobs: tuple[Job, ...]

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Sample]:
        """Every sample by itself, made as it is asked for: for few."""
        for one, (first, last) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True)):
            yield from (self._sample(one, at) for at in range(first, last))

    def _sample(self, series: int, at: int) -> Sample:
        partition, check, parameters, environment = self.variants[self.variant[series]]
        job = self.jobs[self.job[at]]
        started = int(self.started[at])
        return Sample(
            self.facility,
            partition,
            check,
            parameters=parameters,
            environment=environment,
            metric=self.metric[series],
            node=self.node[series],
            device=self.device[series],
            rep=int(self.rep[at]),
            value=float(self.value[at]),
            unit=self.unit[series],
            emulated=bool(self.emulated[series]),
            started=None if started == UNKNOWN_TIME else started,
            marks=TEXTS[self.marks[at]],
            job_id=job.job_id,
            case=job.case,
        )

    @property
    def series(self) -> "SeriesView":
        """Its series, each made as it is asked for."""
        return SeriesView(self)


@dataclass(frozen=True, slots=True, eq=False)
class SeriesView(Sequence[Series]):
    """The series of samples, sorted by place."""

    samples: Samples

    def __len__(self) -> int:
        return len(self.samples.variant)

    @overload
    def __getitem__(self, at: int) -> Series: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Series]: ...
    def __getitem__(self, at: int | slice) -> Series | Sequence[Series]:
        if isinstance(at, slice):
            return tuple(map(self._make, range(*at.indices(len(self)))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._make(at % len(self))

    def __iter__(self) -> Iterator[Series]:
        found = self.samples
        has_marks = bool(found.marks.any())
        bounds = found.offsets.tolist()
        columns = (found.metric, found.unit, found.node, found.device)
        texts = ([one.names[code] for code in one.codes.tolist()] for one in columns)
        rows = zip(
            found.variant.tolist(), *texts, bounds[:-1], bounds[1:], found.emulated.tolist(), strict=True
        )
        for variant, metric, unit, node, device, first, last, emulated in rows:
            values = found.value[first:last]
            marks = found.marks[first:last] if has_marks else None
            partition, check, parameters, environment = found.variants[variant]
            place = (metric, unit, node, device)
            yield Series(partition, check, parameters, environment, *place, values, emulated, marks)

    def _make(self, at: int) -> Series:
        found = self.samples
        first, last = found.offsets[at : at + 2]
        variant = found.variants[int(found.variant[at])]
        return Series(
            partition=variant.partition,
            check=variant.check,
            parameters=variant.parameters,
            environment=variant.environment,
            metric=found.metric[at],
            unit=found.unit[at],
            node=found.node[at],
            device=found.device[at],
            values=found.value[first:last],
            emulated=bool(found.emulated[at]),
            marks=found.marks[first:last] if found.marks[first:last].any() else None,
        )


def collect(rows: Iterable[Sample]) -> Samples:
    """Samples given one by one, in any order: for few. All are of one facility."""
    ordered = sorted(rows, key=_place)
    groups = [(place, list(group)) for place, group in groupby(ordered, key=lambda row: _place(row)[:-1])]
    variants = tuple(dict.fromkeys(Variant(*place[:4]) for place, _ in groups))
    jobs = tuple(dict.fromkeys(Job(row.job_id, row.case) for row in ordered)) or (Job("", ""),)
    return Samples(
        facility=ordered[0].facility if ordered else "",
        variant=np.array([variants.index(Variant(*place[:4])) for place, _ in groups], dtype=np.int32),
        variants=variants,
        metric=_names(place[4] for place, _ in groups),
        unit=_names(place[7] for place, _ in groups),
        node=_names(place[5] for place, _ in groups),
        device=_names(place[6] for place, _ in groups),
        emulated=np.array([any(row.emulated for row in group) for _, group in groups], dtype=bool),
        offsets=offsets_of(np.array([len(group) for _, group in groups], dtype=np.int64)),
        rep=np.array([row.rep for row in ordered], dtype=np.int32),
        value=_frozen(np.array([row.value for row in ordered], dtype=np.float64)),
        started=np.array(
            [UNKNOWN_TIME if row.started is None else row.started for row in ordered], dtype=np.int64
        ),
        marks=np.array([TEXTS.index(row.marks) for row in ordered], dtype=np.uint8),
        job=np.array([jobs.index(Job(row.job_id, row.case)) for row in ordered], dtype=np.int32),
        jobs=jobs,
    )


def _place(row: Sample) -> tuple[str, str, str, str, str, str, str, str, int]:
    variant = (row.partition, row.check, row.parameters, row.environment)
    return (*variant, row.metric, row.node, row.device, row.unit, row.rep)


def _names(texts: Iterable[str]) -> Names:
    codes: dict[str, int] = {}
    found = [codes.setdefault(text, len(codes)) for text in texts]
    return Names(np.array(found, dtype=np.int32), tuple(codes))


def _frozen(values: Floats) -> Floats:
    values.flags.writeable = False
    return values


def join_names(parts: Iterable[tuple[Codes, Sequence[str]]]) -> Names:
    """Columns of text, one after the other."""
    known: dict[str, int] = {}
    found: list[Codes] = [np.zeros(0, dtype=np.int32)]
    for codes, names in parts:
        ours = np.array([known.setdefault(name, len(known)) for name in names] or [0], dtype=np.int32)
        found.append(ours[codes])
    return Names(np.concatenate(found), tuple(known))


def join(parts: Sequence[Samples], facility: str) -> Samples:
    """Samples of several variants as one; the parts come in the order of their variants, each once."""

    def rows(column: Callable[[Samples], NDArray[N]], kind: type[N]) -> NDArray[N]:
        if len(parts) == 1:
            return column(parts[0])
        return np.concatenate([column(part) for part in parts] or [np.zeros(0, dtype=kind)])

    jobs: dict[Job, int] = {}
    recoded = [np.array([jobs.setdefault(job, len(jobs)) for job in part.jobs]) for part in parts]
    by_part = dict(zip(map(id, parts), recoded, strict=True))
    variants = tuple(variant for part in parts for variant in part.variants)
    before = np.cumsum([0, *(len(part.variants) for part in parts)])
    shifts = dict(zip(map(id, parts), before[:-1].tolist(), strict=True))
    lengths = [np.diff(part.offsets) for part in parts]
    return Samples(
        facility=facility,
        variant=rows(lambda part: (part.variant + shifts[id(part)]).astype(np.int32), np.int32),
        variants=variants,
        metric=join_names((part.metric.codes, part.metric.names) for part in parts),
        unit=join_names((part.unit.codes, part.unit.names) for part in parts),
        node=join_names((part.node.codes, part.node.names) for part in parts),
        device=join_names((part.device.codes, part.device.names) for part in parts),
        emulated=rows(lambda part: part.emulated, np.bool_),
        offsets=offsets_of(np.concatenate([*lengths, np.zeros(0, dtype=np.int64)])),
        rep=rows(lambda part: part.rep, np.int32),
        value=_frozen(rows(lambda part: part.value, np.float64)),
        started=rows(lambda part: part.started, np.int64),
        marks=rows(lambda part: part.marks, np.uint8),
        job=rows(lambda part: by_part[id(part)][part.job].astype(np.int32), np.int32),
        jobs=tuple(jobs) or (Job("", ""),),
    )
