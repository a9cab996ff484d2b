"""The probe protocol: what a probe prints, to samples.

A probe prints one JSON object for every repetition, each on one line amid any other lines::

    {"metric": "triad_bw", "value": 11.9, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": "",
     "started": 1795454507.5}

and each of its processes that measured ends with the number of samples it printed for a node::

    {"probe": "done", "samples": 1, "node": "rack-c1"}

or, if it failed, with its exit code and the reason, and then none of its samples count::

    {"probe": "failed", "code": 3, "reason": "no such device", "node": "rack-c1"}

A probe may mark samples; ``null`` and empty texts stand for all of the node::

    {"probe": "mark", "mark": "unsteady", "metric": "triad_bw", "device": "", "rep": null, "node": "rack-c1"}

Lines that do not start with ``{`` are ignored; ``started`` may be absent. Whatever else is wrong is a fault
of the node that the line names. One that names none is a stray: it belongs to a node that is not whole
(:mod:`millwright.results.attribution`), or to the whole output.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from millwright.checks.declaration import Metric
from millwright.results.measured import Measured, MeasuredBuilder
from millwright.results.parsers.probe_block import Lines, find_lines, read_regular
from millwright.results.parsers.probe_line import (
    MAX_LINE,
    Done,
    Failed,
    Fault,
    Line,
    Marked,
    ProbeSample,
    read_line,
)

__all__ = ["Fault", "ProbeOutput", "ProbeSample", "parse_probe"]

BLOCK = 2 * 1024 * 1024
MAX_FAULTS = 1000
"""Faults that are kept of lines that name no node."""
MAX_FAULTY_LINES = 100_000
"""With more faulty lines the rest of the output is not read."""
SHOWN_OF_NODE = 20
"""Faults that are kept of each node."""


@dataclass(frozen=True, slots=True)
class ProbeOutput:
    """What one job printed. Samples count only in places without a fault."""

    samples: Measured
    faults: tuple[Fault, ...]
    unfinished: frozenset[str] = frozenset()
    """Nodes that failed, never said that they were done, or promised another number of samples."""
    failed: frozenset[str] = frozenset()
    """Nodes that said so."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Every fault in words."""
        return tuple(fault.text for fault in self.faults)


def parse_probe(source: str | bytes | Path, metrics: Mapping[str, Metric]) -> ProbeOutput:
    """Read the output of a job whose check reports `metrics`: text, bytes or a file.

    Never raises for what the output holds: everything wrong is a fault that names its line.
    Raises :exc:`OSError` if the file can't be read.
    """
    reader = _Reader(metrics)
    for block in _blocks(source):
        if not reader.read(block):
            break
    samples = _mark(reader.samples.build(), reader.marks)
    failures = tuple(map(_describe_failure, dict.fromkeys(reader.failed)))
    failed = frozenset(failure.node for failure in failures)
    gaps = tuple(_find_gaps(samples, reader.ends, failed))
    unfinished = failed | {fault.node for fault in gaps if fault.node}
    faults = (*reader.faults, *failures, *_find_duplicates(samples), *gaps)
    return ProbeOutput(samples, faults, unfinished, failed)


@dataclass(frozen=True, slots=True)
class _End:
    """A process said that it was done."""

    line: int
    promised: int
    found: int
    """Samples of its node that the lines before hold."""


@dataclass(slots=True)
class _Reader:
    """Reads an output block by block."""

    metrics: Mapping[str, Metric]
    samples: MeasuredBuilder = field(init=False)
    faults: list[Fault] = field(default_factory=list)
    ends: dict[str, list[_End]] = field(default_factory=lambda: defaultdict(list))
    failed: list[Failed] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    lines: int = 0
    faulty: Counter[str] = field(default_factory=Counter)
    """Faulty lines by the node that they name."""
    faulty_lines: int = 0

    def __post_init__(self) -> None:
        self.samples = MeasuredBuilder(self.metrics)

    def read(self, block: bytes) -> bool:
        """Read whole lines; whether to go on."""
        lines, count = find_lines(block)
        left = np.ones(len(lines.number), dtype=bool)
        for found in read_regular(block, lines, self.metrics):
            left[found.line] = False
            at = lines.number[found.line] + self.lines
            self.samples.add(
                found.metric, found.node, found.device, found.rep, found.value, found.started, at
            )
        goes_on, done = self._read_others(block, lines, np.flatnonzero(left))
        self._note_ends(done)
        self.samples.end_block()
        self.lines += count
        return goes_on

    def _read_others(
        self, block: bytes, lines: Lines, chosen: NDArray[np.intp]
    ) -> tuple[bool, list[tuple[int, Done]]]:
        samples: list[tuple[int, ProbeSample]] = []
        done: list[tuple[int, Done]] = []
        starts, ends = lines.start[chosen].tolist(), lines.end[chosen].tolist()
        goes_on = True
        for number, start, end in zip(lines.number[chosen].tolist(), starts, ends, strict=True):
            at = number + self.lines
            found, faults = read_line(block[start:end], self.metrics)
            self._sort(at, found, samples, done)
            if faults and not self._note(at, faults):
                goes_on = False
                break
        self.samples.add_rows(samples)
        return goes_on, done

    def _sort(
        self,
        at: int,
        found: Line | None,
        samples: list[tuple[int, ProbeSample]],
        done: list[tuple[int, Done]],
    ) -> None:
        if isinstance(found, ProbeSample):
            samples.append((at, found))
        elif isinstance(found, Done):
            done.append((at, found))
        elif isinstance(found, Marked):
            self.marks.append(found)
        elif found is not None:
            self.failed.append(found)

    def _note(self, line: int, faults: Iterable[Fault]) -> bool:
        """Keep the faults of a line; whether to go on after it."""
        for fault in faults:
            if self.faulty[fault.node] < (SHOWN_OF_NODE if fault.node else MAX_FAULTS):
                self.faults.append(replace(fault, text=f"line {line + 1}: {fault.text}"))
        self.faulty[next((fault.node for fault in faults), "")] += 1
        self.faulty_lines += 1
        if self.faulty_lines < MAX_FAULTY_LINES:
            return True
        self.faults.append(Fault(f"too many faulty lines: line {line + 2} and all after it were not read"))
        return False

    def _note_ends(self, done: list[tuple[int, Done]]) -> None:
        if not done:
            return
        before = self.samples.count_before([(end.node, line) for line, end in done])
        for (line, end), found in zip(done, before, strict=True):
            self.ends[end.node].append(_End(line, end.samples, found))


def _blocks(source: str | bytes | Path) -> Iterator[bytes]:
    """Whole lines in pieces; of a line that is too long only as much as shows that."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _whole_lines(iter(lambda: file.read(BLOCK), b""))
    else:
        data = source.encode("utf-8", errors="replace") if isinstance(source, str) else source
        yield from _whole_lines(data[at : at + BLOCK] for at in range(0, len(data), BLOCK))


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield rest + piece[:cut]
            rest = piece[cut:]
        else:
            rest += piece
        rest = rest[: MAX_LINE + 1]
    if rest:
        yield rest + b"\n"


def _find_duplicates(samples: Measured) -> Iterator[Fault]:
    for sample, count in samples.duplicates():
        where = f"{sample.node} device {sample.device}" if sample.device else sample.node
        text = f"{sample.metric} rep {sample.rep} on {where} stands {count} times"
        yield Fault(text, sample.node, sample.device, sample.metric)


def _mark(samples: Measured, marks: Collection[Marked]) -> Measured:
    """Samples with the marks that the probe put on them."""
    found = np.zeros(len(samples), dtype=np.uint8)
    of_node: defaultdict[str, list[int]] = defaultdict(list)
    if marks:
        for series, node in enumerate(samples.node.tolist()):
            of_node[samples.nodes[node]].append(series)
    for mark in dict.fromkeys(marks):
        for series in of_node[mark.node]:
            metric, device = samples.metrics[samples.metric[series]], samples.devices[samples.device[series]]
            if mark.metric in {"", metric} and mark.device in {"", device}:
                rows = slice(*samples.offsets[series : series + 2])
                chosen = True if mark.rep is None else samples.rep[rows] == mark.rep
                found[rows] |= np.where(chosen, np.uint8(mark.mark), np.uint8(0))
    return replace(samples, marks=found) if found.any() else samples


def _describe_failure(failed: Failed) -> Fault:
    reason = "".join(c if c.isprintable() else " " for c in failed.reason) or "no reason given"
    return Fault(f"{failed.node} failed with exit code {failed.code}: {reason}", failed.node)


def _find_gaps(samples: Measured, ends: Mapping[str, list[_End]], failed: Collection[str]) -> Iterator[Fault]:
    """Every node must have said how many samples it printed, and no fewer or more must be there.

    What a node of `failed` printed does not count anyway.
    """
    if not len(samples):
        yield Fault("incomplete: no valid sample")
    found = dict(zip(samples.nodes, samples.count_by_node(), strict=True))
    last = dict(zip(samples.nodes, samples.last_lines, strict=True))
    for node in sorted({*samples.nodes, *ends}.difference(failed)):
        said = ends.get(node, [])
        promised = sum(end.promised for end in said)
        if not said:
            yield Fault(f"incomplete: {node} never said that it was done", node)
        elif found.get(node, 0) != promised:
            text = (
                f"incomplete: {node} promised {promised} samples, {found.get(node, 0)} valid ones are there"
            )
            yield Fault(text, node)
        if (closed := _closed_at(said)) is not None and max(last.get(node, -1), said[-1].line) > closed:
            yield Fault(f"{node} prints on after line {closed + 1}, where it was done", node)


def _closed_at(ends: list[_End]) -> int | None:
    """The line by which all samples printed so far were accounted for."""
    promised = 0
    for end in ends:
        promised += end.promised
        if promised == end.found:
            return end.line
    return None
