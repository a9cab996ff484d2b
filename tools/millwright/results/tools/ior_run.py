"""One run of IOR, whatever form it was printed in, and whether it is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from millwright.checks.parser import Fault

ROUNDING = 0.002
"""Share by which a table's rounded figures may differ from the summary."""


@dataclass(frozen=True, slots=True)
class Iteration:
    """One row of the table of results."""

    operation: str
    """``write`` or ``read``."""
    number: int
    bandwidth: float
    """MiB/s."""
    iops: float | None
    """None in versions that do not print it."""
    test: int
    """Which test of the run, from 0."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One row of the summary, in MiB/s."""

    operation: str
    low: float
    high: float
    mean: float


@dataclass(slots=True)
class IorRun:
    """Everything that one start of IOR printed."""

    place: str
    """For messages: file and line."""
    version: str = ""
    command: str = ""
    host: str = ""
    started: str = ""
    is_finished: bool = False
    has_summary: bool = True
    tests: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    """Options of the first test by their printed name."""
    later: list[dict[str, str]] = field(default_factory=list)
    """Options of each further test of a script."""
    iterations: list[Iteration] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, name: str, value: str) -> None:
        """Take one ``name : value`` line."""
        match name:
            case "Finished":
                self.is_finished = True
            case "Command line" | "Command line used":
                self.command = value
            case "Machine":
                self.host = value.split()[1] if len(value.split()) > 1 else ""
            case "Began" | "Run began":
                self.started = value
            case "clients":
                self._set("tasks", value.split(maxsplit=1)[0] if value else "")
            case _:
                self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        if self.tests == 0:
            self.fields[name] = value
            return
        while len(self.later) < self.tests:
            self.later.append({})
        self.later[self.tests - 1][name] = value

    def fields_of(self, test: int) -> Mapping[str, str]:
        """Options of a test; those of the first where a further one does not print its own."""
        return {**self.fields, **(self.later[test - 1] if 0 < test <= len(self.later) else {})}

    def check(self) -> Iterator[Fault]:
        """Why the run does not count."""
        yield from map(Fault, self.faults)
        if not self.is_finished:
            yield Fault(f"{self.place}: the line Finished is missing: the run did not end")
        if not self.iterations:
            yield Fault(f"{self.place}: no iteration")
        groups: dict[tuple[str, int], list[Iteration]] = {}
        for iteration in self.iterations:
            groups.setdefault((iteration.operation, iteration.test), []).append(iteration)
        for (operation, test), found in groups.items():
            text = self.fields_of(test).get("repetitions", "")
            repetitions = int(text) if text.isascii() and text.isdigit() else None
            numbers = [iteration.number for iteration in found]
            if repetitions is None:
                yield Fault(f"{self.place}: the number of repetitions is not stated")
            elif numbers != list(range(repetitions)):
                yield Fault(f"{self.place}: {operation} has the iterations {numbers} of {repetitions}")
            if any(iteration.bandwidth <= 0 for iteration in found):
                yield Fault(f"{self.place}: {operation} moved nothing")
        if self.has_summary:
            yield from self._compare(groups)

    def _compare(self, groups: Mapping[tuple[str, int], list[Iteration]]) -> Iterator[Fault]:
        """The summary must repeat what the table holds, operation by operation and test by test."""
        for operation in dict.fromkeys(operation for operation, _ in groups):
            mine = [found for (each, _), found in groups.items() if each == operation]
            rows = [summary for summary in self.summaries if summary.operation == operation]
            if len(rows) != len(mine):
                yield Fault(f"{self.place}: {len(rows)} summary rows for {len(mine)} tests of {operation}")
                continue
            for found, summary in zip(mine, rows, strict=True):
                values = [iteration.bandwidth for iteration in found]
                expected = (min(values), max(values), sum(values) / len(values))
                stated = (summary.low, summary.high, summary.mean)
                if not all(abs(a - b) <= 1 + ROUNDING * b for a, b in zip(stated, expected, strict=True)):
                    yield Fault(f"{self.place}: the summary of {operation} is not that of its iterations")
        for summary in self.summaries:
            if all(operation != summary.operation for operation, _ in groups):
                yield Fault(f"{self.place}: a summary of {summary.operation} without an iteration")
