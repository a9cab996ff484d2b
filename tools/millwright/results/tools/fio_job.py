"""One job of fio, whatever form it was printed in, and whether it ran as asked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from millwright.checks.parser import Fault
from millwright.results.tools.text import number

OPERATIONS = ("read", "write", "trim")
UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
SECONDS = {"": 1.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "m": 60.0, "h": 3600.0, "d": 86400.0}
AMOUNT = re.compile(r"([0-9.]+) *([A-Za-z]*)")
SHORTEST = 0.95
"""Share of ``runtime`` that a job must have run."""
IO_SLACK = 0.01


@dataclass(slots=True)
class Job:
    """A job, or a group of jobs reported as one."""

    place: str
    """For messages: file and line."""
    name: str
    error: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    io_bytes: float = 0
    runtime: float = 0
    """Seconds; of the operation that took longest."""
    values: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Value and unit by metric."""
    faults: list[str] = field(default_factory=list)

    def check(self, asked: Mapping[str, str]) -> Iterator[Fault]:
        """Why the job does not count; `asked` are options of the command line."""
        yield from map(Fault, self.faults)
        if self.error:
            yield Fault(f"{self.place}: job {self.name!r} ended with error {self.error}")
        if self.io_bytes <= 0 or not self.values:
            yield Fault(f"{self.place}: job {self.name!r} moved nothing")
        options = {**asked, **self.options}
        limit = seconds(options.get("runtime", ""))
        if limit and self.runtime < SHORTEST * limit and not self._moved_all(options):
            yield Fault(
                f"{self.place}: job {self.name!r} ran {self.runtime:.3f} s of {limit:g} s: it was interrupted"
            )

    def _moved_all(self, options: Mapping[str, str]) -> bool:
        """Whether the job ended because everything it was asked for was moved."""
        if "time_based" in options:
            return False
        size = amount(options.get("io_size", "") or options.get("size", ""))
        jobs = number(options.get("numjobs", "1")) or 1
        loops = number(options.get("loops", "1")) or 1
        wanted = [size * loops, size * loops * jobs]
        return any(each and abs(self.io_bytes - each) <= IO_SLACK * each for each in wanted)


def amount(text: str) -> float:
    """Bytes of fio's sizes, 0 if it is none.

    >>> amount("128M"), amount("4kb"), amount("50%")
    (134217728.0, 4096.0, 0.0)
    """
    match = AMOUNT.fullmatch(text.strip())
    if not match:
        return 0.0
    unit = match[2].lower().removesuffix("ib").removesuffix("b") if match[2] else ""
    return (number(match[1]) or 0.0) * UNITS.get(unit, 0)


def seconds(text: str) -> float:
    """Seconds of fio's times, 0 if it is none.

    >>> seconds("40"), seconds("2m")
    (40.0, 120.0)
    """
    match = AMOUNT.fullmatch(text.strip())
    return (number(match[1]) or 0.0) * SECONDS.get(match[2].lower(), 0) if match else 0.0
