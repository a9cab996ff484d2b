"""The probe protocol: what a probe prints, to samples.

A probe prints one JSON object a line for every repetition, amid any other lines::

    {"metric": "triad_bw", "value": 11.9, "unit": "GB/s", "rep": 0, "node": "rack-c1", "device": ""}

and each of its processes that measured ends with the number of samples it printed for a node::

    {"probe": "done", "samples": 1, "node": "rack-c1"}

Lines that do not start with ``{`` are ignored. Whatever else is wrong makes the whole output worthless:
a number beside a broken line may be broken too.
"""

import json
import math
import re
import reprlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from millwright.checks.declaration import Metric

SAMPLE_KEYS = frozenset({"metric", "value", "unit", "rep", "node", "device"})
DONE_KEYS = frozenset({"probe", "samples", "node"})
PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._,\[\]-]{0,4095}")
"""A node, or a folded node set."""
DEVICE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9:._-]{0,63})?")
MAX_REP = 1_000_000


@dataclass(frozen=True, slots=True)
class ProbeSample:
    """One line of a probe: one repetition of one metric in one place."""

    metric: str
    value: float
    unit: str
    rep: int
    node: str
    device: str


@dataclass(frozen=True, slots=True)
class ProbeOutput:
    """What one job printed. Samples count only where there is no problem."""

    samples: tuple[ProbeSample, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    node: str
    samples: int


def parse_probe(text: str, metrics: Mapping[str, Metric]) -> ProbeOutput:
    """Read the output of a job whose check reports `metrics`.

    Never raises for what stands in `text`: everything wrong is a problem that names its line.
    """
    samples: list[ProbeSample] = []
    done: list[_Done] = []
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.startswith("{"):
            continue
        record, faults = _read_line(line, metrics)
        problems.extend(f"line {number}: {fault}" for fault in faults)
        if isinstance(record, ProbeSample):
            samples.append(record)
        elif record is not None:
            done.append(record)
    problems.extend(_find_duplicates(samples))
    problems.extend(_find_gaps(samples, done))
    return ProbeOutput(tuple(samples), tuple(problems))


def _read_line(
    line: str, metrics: Mapping[str, Metric]
) -> tuple[ProbeSample | _Done | None, tuple[str, ...]]:
    try:
        data = json.loads(line, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        return None, (f"broken JSON: {error}" if isinstance(error, ValueError) else "nested too deep",)
    if "probe" in data:
        faults = tuple(_find_done_faults(data))
        return (None if faults else _Done(data["node"], data["samples"])), faults
    faults = tuple(_find_sample_faults(data, metrics))
    return (None if faults else ProbeSample(**{**data, "value": float(data["value"])})), faults


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data


def _find_key_faults(data: Mapping[str, object], expected: frozenset[str]) -> Iterator[str]:
    if missing := expected - data.keys():
        yield f"lacks {', '.join(sorted(missing))}"
    if extra := data.keys() - expected:
        yield f"has unknown keys {', '.join(sorted(map(_shown, extra)))}"


def _find_done_faults(data: Mapping[str, object]) -> Iterator[str]:
    yield from _find_key_faults(data, DONE_KEYS)
    if data["probe"] != "done":
        yield f"probe is {_shown(data['probe'])}, expected 'done'"
    if "samples" in data and not _is_count(data["samples"]):
        yield f"samples is {_shown(data['samples'])}, expected a whole number"
    if "node" in data and not _matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"


def _find_sample_faults(data: Mapping[str, object], metrics: Mapping[str, Metric]) -> Iterator[str]:
    if data.keys() != SAMPLE_KEYS:
        yield from _find_key_faults(data, SAMPLE_KEYS)
        return
    metric = metrics.get(data["metric"]) if isinstance(data["metric"], str) else None
    if metric is None:
        yield f"unknown metric {_shown(data['metric'])}, expected one of {', '.join(metrics)}"
    elif data["unit"] != metric.unit:
        yield f"unit of {data['metric']} is {_shown(data['unit'])}, expected {metric.unit!r}"
    if not _is_finite(data["value"]):
        yield f"value is {_shown(data['value'])}, expected a finite number"
    if not _is_count(data["rep"]):
        yield f"rep is {_shown(data['rep'])}, expected a whole number from 0"
    if not _matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"
    if not _matches(DEVICE, data["device"]):
        yield f"device is {_shown(data['device'])}, expected a device name or empty text"


def _shown(value: object) -> str:
    """Escape and shorten what stands there for a message."""
    return reprlib.repr(value)


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_REP


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _find_duplicates(samples: list[ProbeSample]) -> Iterator[str]:
    seen = Counter((sample.metric, sample.node, sample.device, sample.rep) for sample in samples)
    for (metric, node, device, rep), count in sorted(seen.items()):
        if count > 1:
            place = f"{node} device {device}" if device else node
            yield f"{metric} rep {rep} on {place} stands {count} times"


def _find_gaps(samples: list[ProbeSample], done: list[_Done]) -> Iterator[str]:
    """Every node must have said how many samples it printed, and no fewer or more must be there."""
    promised: Counter[str] = Counter()
    for line in done:
        promised[line.node] += line.samples
    found = Counter(sample.node for sample in samples)
    if not found:
        yield "incomplete: no valid sample"
    for node in sorted({*found, *(line.node for line in done)}):
        if node not in promised:
            yield f"incomplete: {node} never said that it was done"
        elif found[node] != promised[node]:
            yield f"incomplete: {node} promised {promised[node]} samples, {found[node]} valid ones are there"
