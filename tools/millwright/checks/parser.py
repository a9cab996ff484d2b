"""The form of a parser: the files that a tool left behind, to series of values and faults.

A parser is a function from :class:`Evidence` to :class:`Parsed`. It is pure: no file, no clock, no network.
It never raises for what is in a file; whatever is wrong becomes a :class:`Fault`. What a parser read
beside a fault may be wrong too, so only :attr:`Parsed.counted` becomes a result.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

MAX_BYTES = 16 * 1024 * 1024
"""Of all files of an evidence; a tool that prints more went wrong, and is not read."""
MAX_FAULTS = 20
MAX_REASON = 500
UNSAFE = re.compile(r"[^A-Za-z0-9._:+/@%-]+")
MAX_PARAMETER = 64


@dataclass(frozen=True, slots=True)
class ToolFile:
    """One file that a tool wrote, or its standard output or error."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that one start of a tool left behind."""

    files: tuple[ToolFile, ...]
    command: str = ""
    """Command line, empty if it is not known."""
    exit_status: int | None = None
    """None if it is not known."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Every repetition of one metric in one place."""

    metric: str
    parameters: str
    """As :func:`join_parameters` writes them."""
    unit: str
    values: tuple[float, ...]
    """In `unit`, in the order measured."""
    node: str = ""
    """Node or folded node set; empty if the output does not name one."""
    device: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Why values do not count, and which; an empty field means all."""

    reason: str
    node: str = ""
    device: str = ""
    metric: str = ""

    def spoils(self, measurement: Measurement) -> bool:
        """Whether the fault concerns a measurement."""
        return all(
            not mine or mine == its
            for mine, its in (
                (self.node, measurement.node),
                (self.device, measurement.device),
                (self.metric, measurement.metric),
            )
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found. Only :attr:`counted` may become a result."""

    measurements: tuple[Measurement, ...] = ()
    faults: tuple[Fault, ...] = ()
    command: str = ""
    """Command line as the output states it; empty if it does not."""
    version: str = ""
    """The tool's version, as printed."""
    hosts: tuple[str, ...] = ()
    started: str = ""
    """ISO 8601 if the output states a moment in UTC, else the local time as printed."""
    remarks: tuple[str, ...] = ()
    """What a reader must know although it spoils nothing, for example that data were not validated."""

    @property
    def counted(self) -> tuple[Measurement, ...]:
        """Every measurement that no fault concerns."""
        return tuple(m for m in self.measurements if not any(fault.spoils(m) for fault in self.faults))


Parser = Callable[[Evidence], Parsed]


def run_parser(parser: Parser, evidence: Evidence) -> Parsed:
    """Apply a parser and hold its findings to what every output must fulfil.

    Adds a fault for an exit status other than 0, for values that are negative or not finite, for series
    without a value and for series that stand twice. A parser's own exception is a fault of the whole output.
    """
    size = sum(len(file.content) for file in evidence.files)
    if size > MAX_BYTES:
        return Parsed(faults=(Fault(f"holds {size} bytes, more than the {MAX_BYTES} that are read"),))
    try:
        parsed = parser(evidence)
    except Exception as error:
        # A site's own parser may fail on content in any way; what it did read is worthless then.
        parsed = Parsed(faults=(Fault(f"the parser failed: {type(error).__name__}: {error}"),))
    faults = [*parsed.faults, *_find_faults(parsed, evidence.exit_status)]
    if not parsed.measurements and not faults:
        faults.append(Fault("holds no result of this tool"))
    return replace(parsed, faults=_limit(faults))


def join_parameters(values: Mapping[str, object]) -> str:
    """Parameters as a series carries them: ``name=value``, sorted by name; empty values are left out.

    >>> join_parameters({"size": 1024, "datatype": "MPI_CHAR", "op": ""})
    'datatype=MPI_CHAR,size=1024'
    >>> join_parameters({"job": "a,b = c"})
    'job=a_b_c'
    """
    clean = {name: UNSAFE.sub("_", str(value))[:MAX_PARAMETER] for name, value in values.items()}
    return ",".join(f"{name}={value}" for name, value in sorted(clean.items()) if value)


def _find_faults(parsed: Parsed, exit_status: int | None) -> Iterator[Fault]:
    if exit_status:
        yield Fault(f"the tool exited with {exit_status}")
    places: Counter[tuple[str, ...]] = Counter()
    for m in parsed.measurements:
        where = f"{m.metric} ({m.parameters})" if m.parameters else m.metric
        if not m.values:
            yield Fault(f"{where} has no value")
        elif not all(map(math.isfinite, m.values)):
            yield Fault(f"{where} holds a value that is not a finite number")
        elif min(m.values) < 0:
            yield Fault(f"{where} holds a negative value")
        places[m.metric, m.parameters, m.node, m.device] += 1
    for (metric, parameters, *_), count in places.items():
        if count > 1:
            yield Fault(f"{metric} ({parameters}) stands {count} times")


def _limit(faults: list[Fault]) -> tuple[Fault, ...]:
    """Each fault once and in bounds; of those that concern everything the first are enough."""
    unique = [replace(fault, reason=fault.reason[:MAX_REASON]) for fault in dict.fromkeys(faults)]
    general = [fault for fault in unique if fault == Fault(fault.reason)]
    placed = [fault for fault in unique if fault != Fault(fault.reason)]
    more = len(general) - MAX_FAULTS
    return (*general[:MAX_FAULTS], *([Fault(f"and {more} more faults")] if more > 0 else []), *placed)
