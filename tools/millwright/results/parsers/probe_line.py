"""One line of the probe protocol, read strictly."""

import json
import math
import re
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from millwright.checks.declaration import Metric
from millwright.results.marks import BY_WORD, Mark

SAMPLE_KEYS = frozenset({"metric", "value", "unit", "rep", "node", "device"})
STARTED = "started"
"""Optional key of a sample: when the repetition began, in seconds since 1970 UTC."""
DONE_KEYS = frozenset({"probe", "samples", "node"})
FAILED_KEYS = frozenset({"probe", "code", "reason", "node"})
MARK_KEYS = frozenset({"probe", "mark", "metric", "device", "rep", "node"})
DONE, FAILED, MARKED = "done", "failed", "mark"
PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._,\[\]-]{0,4095}")
"""A node, or a folded node set."""
DEVICE = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9:._-]{0,63})?")
MAX_REP = 1_000_000
MAX_REASON = 500
MAX_LINE = 65_536
"""Bytes of a line that is read; longer ones are faults."""
LATEST = 253402300800.0
"""Seconds since 1970 at which year 10000 starts: later times can't be written."""


class ProbeSample(NamedTuple):
    """One line of a probe: one repetition of one metric in one place."""

    metric: str
    value: float
    unit: str
    rep: int
    node: str
    device: str
    started: float | None = None
    """Seconds since 1970 UTC; None for probes that print no times."""


class Done(NamedTuple):
    """A process of a probe vouches for its samples of a node."""

    node: str
    samples: int


class Failed(NamedTuple):
    """A process of a probe says that its samples of a node don't count, and why."""

    node: str
    code: int
    reason: str


class Marked(NamedTuple):
    """A probe marks samples of a node: empty fields and no repetition stand for all."""

    node: str
    mark: Mark
    metric: str
    device: str
    rep: int | None


Line = ProbeSample | Done | Failed | Marked


@dataclass(frozen=True, slots=True)
class Fault:
    """Why samples don't count, and which: those of the place, or all if the place is empty."""

    text: str
    node: str = ""
    device: str = ""
    metric: str = ""
    is_stray: bool = False
    """A broken line that names no node: it belongs to one of those that are not whole."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Node, device and metric; empty for all."""
        return (self.node, self.device, self.metric)


def read_line(line: bytes, metrics: Mapping[str, Metric]) -> tuple[Line | None, tuple[Fault, ...]]:
    """Read a line that starts with ``{``: what it holds, and its faults.

    Output of a node that broke off in the middle of a line may be followed by a whole line of another node:
    then it has both, since that line says everything itself.
    """
    if len(line) > MAX_LINE:
        return None, (Fault(f"longer than {MAX_LINE} bytes", is_stray=True),)
    try:
        data = DECODER.decode(line.decode("utf-8", errors="replace"))
    except (ValueError, RecursionError) as error:
        text = f"broken JSON: {error}" if isinstance(error, ValueError) else "nested too deep"
        return _read_behind(line, metrics), (Fault(text, is_stray=True),)
    found: Line | None
    if "probe" in data:
        found, faults = _read_word(data, metrics)
    else:
        faults = tuple(_find_sample_faults(data, metrics))
        found = None if faults else _to_sample(data)
    node = data.get("node")
    place = str(node) if matches(PLACE, node) else ""
    return found, tuple(Fault(text, place, is_stray=not place) for text in faults)


def _read_word(
    data: Mapping[str, object], metrics: Mapping[str, Metric]
) -> tuple[Done | Failed | Marked | None, tuple[str, ...]]:
    """What a probe says of its samples."""
    word = data["probe"]
    if word == FAILED:
        faults = tuple(_find_failed_faults(data))
        return (None if faults else Failed(data["node"], data["code"], data["reason"])), faults  # type: ignore[arg-type]  # checked
    if word == MARKED:
        faults = tuple(_find_mark_faults(data, metrics))
        return (None if faults else _to_mark(data)), faults
    faults = tuple(_find_done_faults(data))
    return (None if faults else Done(data["node"], data["samples"])), faults  # type: ignore[arg-type]  # checked


def _to_mark(data: Mapping[str, object]) -> Marked:
    rep, mark = data["rep"], BY_WORD[str(data["mark"])]
    node, metric, device = (str(data[key]) for key in ("node", "metric", "device"))
    return Marked(node, mark, metric, device, rep if isinstance(rep, int) else None)


def _read_behind(line: bytes, metrics: Mapping[str, Metric]) -> Line | None:
    """A whole line behind one that was cut."""
    start = max(line.rfind(b'{"metric"'), line.rfind(b'{"probe"'))
    if start <= 0:
        return None
    found, faults = read_line(line[start:], metrics)
    return None if faults else found


def matches(pattern: re.Pattern[str], value: object) -> bool:
    """Whether a value is text of that form."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _to_sample(data: dict[str, object]) -> ProbeSample:
    started = data.get(STARTED)
    numbers = {"value": float(data["value"]) + 0.0}  # type: ignore[arg-type]  # checked before; no -0.0
    if started is not None:
        numbers[STARTED] = float(started)  # type: ignore[arg-type]  # checked before
    return ProbeSample(**{**data, **numbers})  # type: ignore[arg-type]  # checked before


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a key stands twice")
    return data


DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys)


def _find_key_faults(data: Mapping[str, object], expected: frozenset[str]) -> Iterator[str]:
    if missing := expected - data.keys():
        yield f"lacks {', '.join(sorted(missing))}"
    if extra := data.keys() - expected:
        shown = sorted(map(_shown, extra))
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        yield f"has unknown keys {', '.join(shown[:5])}{more}"


def _find_done_faults(data: Mapping[str, object]) -> Iterator[str]:
    yield from _find_key_faults(data, DONE_KEYS)
    if data["probe"] != DONE:
        yield f"probe is {_shown(data['probe'])}, expected {DONE!r}, {FAILED!r} or {MARKED!r}"
    if "samples" in data and not _is_count(data["samples"]):
        yield f"samples is {_shown(data['samples'])}, expected a whole number"
    if "node" in data and not matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"


def _find_failed_faults(data: Mapping[str, object]) -> Iterator[str]:
    yield from _find_key_faults(data, FAILED_KEYS)
    if "code" in data and not _is_count(data["code"]):
        yield f"code is {_shown(data['code'])}, expected a whole number"
    if "reason" in data and not (isinstance(data["reason"], str) and len(data["reason"]) <= MAX_REASON):
        yield f"reason is {_shown(data['reason'])}, expected text of at most {MAX_REASON} characters"
    if "node" in data and not matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"


def _find_mark_faults(data: Mapping[str, object], metrics: Mapping[str, Metric]) -> Iterator[str]:
    if data.keys() != MARK_KEYS:
        yield from _find_key_faults(data, MARK_KEYS)
        return
    if not isinstance(data["mark"], str) or data["mark"] not in BY_WORD:
        yield f"mark is {_shown(data['mark'])}, expected one of {', '.join(BY_WORD)}"
    if not isinstance(data["metric"], str) or (data["metric"] and data["metric"] not in metrics):
        yield f"unknown metric {_shown(data['metric'])}, expected one of {', '.join(metrics)}, or empty text"
    if not matches(DEVICE, data["device"]):
        yield f"device is {_shown(data['device'])}, expected a device name or empty text"
    if data["rep"] is not None and not _is_count(data["rep"]):
        yield f"rep is {_shown(data['rep'])}, expected a whole number from 0, or null"
    if not matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"


def _find_sample_faults(data: Mapping[str, object], metrics: Mapping[str, Metric]) -> Iterator[str]:
    if data.keys() - {STARTED} != SAMPLE_KEYS:
        yield from _find_key_faults({key: data[key] for key in data if key != STARTED}, SAMPLE_KEYS)
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
    if not matches(PLACE, data["node"]):
        yield f"node is {_shown(data['node'])}, expected a node name or folded set"
    if not matches(DEVICE, data["device"]):
        yield f"device is {_shown(data['device'])}, expected a device name or empty text"
    if STARTED in data and not _is_time(data[STARTED]):
        yield f"started is {_shown(data[STARTED])}, expected seconds since 1970 UTC"


def _shown(value: object) -> str:
    """Escape and shorten a value for a message."""
    return reprlib.repr(value)


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _is_time(value: object) -> bool:
    return _is_finite(value) and 0 <= value < LATEST  # type: ignore[operator]  # a number


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_REP
