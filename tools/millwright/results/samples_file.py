"""``samples.parquet``: one row a sample, for Millwright, pandas, pyarrow and polars alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from millwright.core.errors import BadInputError, Problem
from millwright.results.marks import TEXTS, Marks
from millwright.results.measured import Codes, Long, offsets_of
from millwright.results.samples import UNKNOWN_TIME, Job, Names, Samples, Variant, join_names

LABEL = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field(name, kind, nullable=name == "started")
        for name, kind in (
            ("facility", LABEL),
            ("partition", LABEL),
            ("check", LABEL),
            ("parameters", LABEL),
            ("environment", LABEL),
            ("metric", LABEL),
            ("node", LABEL),
            ("device", LABEL),
            ("rep", pa.int32()),
            ("value", pa.float64()),
            ("unit", LABEL),
            ("emulated", pa.bool_()),
            ("started", pa.timestamp("us", tz="UTC")),
            ("job_id", LABEL),
            ("case", LABEL),
            ("marks", LABEL),
        )
    ]
)
"""Columns in order."""
UNMARKED = pa.schema([field for field in SCHEMA if field.name != "marks"])
"""The columns of runs from before samples had marks."""
EXPECTED = "the samples of a stored run"

GROUP = 1 << 20
"""Rows that are written and read at a time."""


def to_tables(samples: Samples) -> Iterator[pa.Table]:
    """The samples as tables of at most `GROUP` rows, in order."""
    for first in range(0, len(samples), GROUP):
        yield _to_table(samples, first, min(first + GROUP, len(samples)))


def write_samples(samples: Samples, path: Path) -> None:
    """Write samples; an empty file of the same columns if there is none."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", compression_level=1) as writer:
        for table in to_tables(samples):
            writer.write_table(table, row_group_size=GROUP)


def _to_table(samples: Samples, first: int, last: int) -> pa.Table:
    begin = int(np.searchsorted(samples.offsets, first, side="right")) - 1
    end = int(np.searchsorted(samples.offsets, last, side="left"))
    bounds = np.clip(samples.offsets[begin : end + 1], first, last)
    lengths = np.diff(bounds)
    count = last - first

    def repeat(column: Names) -> pa.Array:
        return _label(np.repeat(column.codes[begin:end], lengths), column.names)

    def of_variant(column: int) -> pa.Array:
        texts = [variant[column] for variant in samples.variants]
        names = tuple(dict.fromkeys(texts))
        codes = np.array([names.index(text) for text in texts], dtype=np.int32)
        return _label(np.repeat(codes[samples.variant[begin:end]], lengths), names)

    def of_job(column: int) -> pa.Array:
        texts = [job[column] for job in samples.jobs]
        names = tuple(dict.fromkeys(texts))
        codes = np.array([names.index(text) for text in texts], dtype=np.int32)
        return _label(codes[samples.job[first:last]], names)

    started = samples.started[first:last]
    unknown = started == UNKNOWN_TIME
    return pa.Table.from_arrays(
        [
            _label(np.zeros(count, dtype=np.int32), (samples.facility,)),
            *map(of_variant, range(4)),
            repeat(samples.metric),
            repeat(samples.node),
            repeat(samples.device),
            pa.array(samples.rep[first:last]),
            pa.array(samples.value[first:last]),
            repeat(samples.unit),
            pa.array(np.repeat(samples.emulated[begin:end], lengths)),
            pa.array(started, mask=unknown if unknown.any() else None).cast(SCHEMA.field("started").type),
            of_job(0),
            of_job(1),
            _label(samples.marks[first:last].astype(np.int32), TEXTS),
        ],
        schema=SCHEMA,
    )


def _label(codes: Codes, names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names, pa.string()))


PLACE = ("partition", "check", "parameters", "environment", "metric", "unit", "node", "device")
LABELS = (*PLACE, "job_id", "case")
CODED = ("facility", *LABELS, "marks")


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """The series that one group of rows holds."""

    labels: dict[str, tuple[Codes, list[str]]]
    """One code a series; of `job_id` and `case` one a sample."""
    lengths: Long
    rep: Codes
    value: NDArray[np.float64]
    started: Long
    marks: Marks
    emulated: NDArray[np.bool_]
    """One a series."""


def read_samples(path: Path, facility: str) -> Samples:
    """Read samples back; raises :exc:`BadInputError` for a file that Millwright would not have written."""
    try:
        schema = pq.read_schema(path)
        if not (schema.equals(SCHEMA) or schema.equals(UNMARKED)):
            raise BadInputError(
                [Problem(str(path), "-", "its columns are not those of samples", EXPECTED, code="MW6151")]
            )
        file = pq.ParquetFile(path, read_dictionary=[name for name in CODED if name in schema.names])
        pieces = [_read_piece(file, group, path, facility) for group in range(file.num_row_groups)]
    except (OSError, pa.ArrowException) as error:
        raise BadInputError(
            [Problem(str(path), "-", f"can't be read: {error}", EXPECTED, code="MW6152")]
        ) from error
    return _assemble([piece for piece in pieces if len(piece.value)], path, facility)


def _read_piece(file: pq.ParquetFile, group: int, path: Path, facility: str) -> _Piece:
    table = file.read_row_group(group, use_threads=False)
    if any(table.column(name).null_count for name in table.column_names if name != "started"):
        raise BadInputError([Problem(str(path), "-", "has rows that lack a value", EXPECTED, code="MW6153")])
    if any(name != facility for name in _codes(table, "facility")[1]):
        raise BadInputError(
            [Problem(str(path), "-", "holds samples of another facility", EXPECTED, code="MW6154")]
        )
    labels = {name: _codes(table, name) for name in LABELS}
    rows = table.num_rows
    changes = np.zeros(rows, dtype=bool)
    changes[:1] = True
    emulated = table.column("emulated").to_numpy()
    for codes in (*(labels[name][0] for name in PLACE), emulated):
        changes[1:] |= codes[1:] != codes[:-1]
    first = np.flatnonzero(changes)
    value = table.column("value").to_numpy()
    if not np.isfinite(value).all():
        raise BadInputError([Problem(str(path), "-", "not a finite number", EXPECTED, code="MW6006")])
    times = table.column("started").cast(pa.int64()).combine_chunks().fill_null(UNKNOWN_TIME).to_numpy()
    return _Piece(
        labels={
            name: (codes[first] if name in PLACE else codes, names) for name, (codes, names) in labels.items()
        },
        lengths=np.diff(np.append(first, rows)),
        rep=table.column("rep").to_numpy(),
        value=value,
        started=times,
        marks=_read_marks(table, path),
        emulated=emulated[first],
    )


def _read_marks(table: pa.Table, path: Path) -> Marks:
    if "marks" not in table.column_names:
        return np.zeros(table.num_rows, dtype=np.uint8)
    codes, texts = _codes(table, "marks")
    if unknown := sorted({*texts}.difference(TEXTS)):
        problem = f"has samples with the unknown mark {unknown[0][:40]!r}"
        raise BadInputError([Problem(str(path), "marks", problem, EXPECTED, code="MW5101")])
    ours = np.array([TEXTS.index(text) for text in texts] or [0], dtype=np.uint8)
    return ours[codes]


def _codes(table: pa.Table, name: str) -> tuple[Codes, list[str]]:
    column = table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks().chunk(0)
    return column.indices.to_numpy(), column.dictionary.to_pylist()


def _assemble(pieces: list[_Piece], path: Path, facility: str) -> Samples:
    columns = {name: join_names(piece.labels[name] for piece in pieces) for name in LABELS}
    lengths = np.concatenate([*(piece.lengths for piece in pieces), np.zeros(0, dtype=np.int64)])
    rep = np.concatenate([*(piece.rep for piece in pieces), np.zeros(0, dtype=np.int32)])
    value = np.concatenate([*(piece.value for piece in pieces), np.zeros(0)])
    started = np.concatenate([*(piece.started for piece in pieces), np.zeros(0, dtype=np.int64)])
    marks = np.concatenate([*(piece.marks for piece in pieces), np.zeros(0, dtype=np.uint8)])
    emulated = np.concatenate([*(piece.emulated for piece in pieces), np.zeros(0, dtype=bool)])
    ranks = {name: _ranks(columns[name]) for name in PLACE}
    opens = np.ones(len(lengths), dtype=bool)
    """Series that do not go on where a group of rows was cut."""
    is_after = np.zeros(max(0, len(lengths) - 1), dtype=bool)
    is_same = np.ones(max(0, len(lengths) - 1), dtype=bool)
    for name in ("partition", "check", "parameters", "environment", "metric", "node", "device", "unit"):
        here, there = ranks[name][:-1], ranks[name][1:]
        is_after |= is_same & (there > here)
        is_same &= there == here
    if not (is_after | is_same).all():
        raise BadInputError([Problem(str(path), "-", "its series are not sorted", EXPECTED, code="MW6155")])
    opens[1:] = ~is_same
    starts = np.flatnonzero(opens)
    joined = np.add.reduceat(lengths, starts) if len(starts) else lengths
    offsets = offsets_of(joined)
    ascends = np.ones(len(rep), dtype=bool)
    ascends[1:] = rep[1:] > rep[:-1]
    ascends[offsets[:-1]] = True
    if not ascends.all() or (len(rep) and rep.min() < 0):
        raise BadInputError([Problem(str(path), "-", "its series are not sorted", EXPECTED, code="MW6155")])
    place = [Names(columns[name].codes[starts], columns[name].names) for name in PLACE]
    variants, variant = _combine(place[:4])
    jobs, job = _combine([columns["job_id"], columns["case"]])
    value.flags.writeable = False
    return Samples(
        facility=facility,
        variant=variant,
        variants=tuple(Variant(*one) for one in variants),
        metric=place[4],
        unit=place[5],
        node=place[6],
        device=place[7],
        emulated=emulated[starts],
        offsets=offsets,
        rep=rep,
        value=value,
        started=started,
        marks=marks,
        job=job,
        jobs=tuple(Job(*one) for one in jobs) or (Job("", ""),),
    )


def _ranks(column: Names) -> Codes:
    ranks = np.empty(max(1, len(column.names)), dtype=np.int32)
    ranks[sorted(range(len(column.names)), key=column.names.__getitem__)] = np.arange(len(column.names))
    return ranks[column.codes]


def _combine(columns: list[Names]) -> tuple[list[tuple[str, ...]], Codes]:
    """The combinations of several columns that occur, and which one each entry has."""
    key = np.zeros(len(columns[0].codes), dtype=np.int64)
    for column in columns:
        key = key * max(1, len(column.names)) + column.codes
    if not len(key):
        return [], key.astype(np.int32)
    if (key == key[0]).all():
        kinds, which = key[:1], np.zeros(len(key), dtype=np.int64)
    else:
        kinds, which = np.unique(key, return_inverse=True)
    found: list[tuple[str, ...]] = []
    for kind in kinds.tolist():
        texts: list[str] = []
        rest = kind
        for column in reversed(columns):
            rest, code = divmod(rest, max(1, len(column.names)))
            texts.append(column.names[code])
        found.append(tuple(reversed(texts)))
    return found, which.astype(np.int32)
