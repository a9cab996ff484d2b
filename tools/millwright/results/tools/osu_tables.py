"""Tables of the OSU micro-benchmarks, as they are in an output."""

import re
from dataclasses import dataclass, field

from millwright.checks.parser import Fault
from millwright.results.tools.text import ToolText, number

TITLE = re.compile(r"^# OSU (?P<title>.+?)(?: Test)? v(?P<version>\d+\.[\w.]+)$")
SETTINGS = (
    ("datatype", re.compile(r"^# Datatype: (\w+)")),
    ("pairs", re.compile(r"^# \[ pairs: (\d+) \]")),
    ("window", re.compile(r"\[ window size: (\w+) \]")),
    ("window_creation", re.compile(r"^# Window creation: (\w+)")),
    ("synchronization", re.compile(r"^# Synchronization: (\w+)")),
    ("buffers", re.compile(r"^# Send Buffer on \w+ \((\w+)\) and Receive Buffer on \w+ \((\w+)\)")),
    ("sender_threads", re.compile(r"^# Number of Sender threads: (\d+)")),
    ("receiver_threads", re.compile(r"^# Number of Receiver threads: (\d+)")),
)
BEFORE_TITLE = frozenset({"sender_threads", "receiver_threads"})
"""Settings that a test prints above its title."""

SIZE, SKIP, VERDICT = "size", "-", "validation"
COLUMNS = (
    (r"Size", SIZE, ""),
    (r"Iterations", SKIP, ""),
    (r"Validation", VERDICT, ""),
    (r"(?:Avg )?Lat(?:ency)? ?\(us\)", "latency", "us"),
    (r"Min Lat(?:ency)? ?\(us\)", "min_latency", "us"),
    (r"Max Lat(?:ency)? ?\(us\)", "max_latency", "us"),
    (r"P50 Tail Lat ?\(us\)", "p50_latency", "us"),
    (r"P90 Tail Lat ?\(us\)", "p90_latency", "us"),
    (r"P99 Tail Lat ?\(us\)", "p99_latency", "us"),
    (r"(?:Bandwidth \(MB/s\)|MB/s)", "bandwidth", "MB/s"),
    (r"P50 Tail BW ?\(MB/s\)", "p50_bandwidth", "MB/s"),
    (r"P90 Tail BW ?\(MB/s\)", "p90_bandwidth", "MB/s"),
    (r"P99 Tail BW ?\(MB/s\)", "p99_bandwidth", "MB/s"),
    (r"Messages/s", "message_rate", "1/s"),
    (r"Overall ?\(us\)", "overall_time", "us"),
    (r"Compute ?\(us\)", "compute_time", "us"),
    (r"Coll\. Init ?\(us\)", "init_time", "us"),
    (r"MPI_Test ?\(us\)", "test_time", "us"),
    (r"MPI_Wait ?\(us\)", "wait_time", "us"),
    (r"Pure Comm\. ?\(us\)", "communication_time", "us"),
    (r"Min Comm\. ?\(us\)", "min_communication_time", "us"),
    (r"Max Comm\. ?\(us\)", "max_communication_time", "us"),
    (r"Overlap ?\(%\)", "overlap", "%"),
)
"""Header of a column, its metric and its unit."""
HEADER = re.compile(
    "|".join(f"(?P<c{index}>{pattern})(?= |$)" for index, (pattern, *_) in enumerate(COLUMNS))
)
HEADER_START = re.compile(r"^# *(?:Size|(?:Avg )?Lat(?:ency)? ?\(|Overall ?\()")
INIT = re.compile(r"^nprocs: (\d+), min: (\d+) ms, max: (\d+) ms, avg: (\d+) ms$")

ROW_START = re.compile(r" *[-+.\dnNiI]")
LOG_NOISE = re.compile(
    r"^\[?[\w.:-]+(?:[:\[]\d+)+\]?.*(?:INFO|WARN|DEBUG|TRACE)"
    r"|^\d{4}[-/]\d\d[-/]\d\d[ T]"
    r"|^\[\d+\.\d+\] \["
)
"""Lines of a library's or the kernel's log, which may be within a table."""


@dataclass(slots=True)
class Table:
    """One header of columns and the rows below it."""

    title: str
    version: str
    settings: dict[str, str]
    place: str
    """For messages: file and line."""
    columns: tuple[int, ...] = ()
    """Indices in :data:`COLUMNS`; empty for the one line of the start-up test."""
    rows: list[list[str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """What each column holds: :data:`SIZE`, :data:`VERDICT`, :data:`SKIP` or a metric."""
        return [COLUMNS[column][1] for column in self.columns]


def read_tables(text: ToolText) -> tuple[list[Table], list[Fault]]:
    """Every table of a file, and what makes the file unreadable."""
    reader = _Reader(text, max((i for i, line in enumerate(text.lines) if _is_row(line)), default=-1))
    for index, line in enumerate(text.lines):
        reader.take(index, line)
    reader.end()
    return reader.tables, reader.faults


@dataclass(slots=True)
class _Reader:
    text: ToolText
    last_row: int
    tables: list[Table] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    title: str = ""
    version: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    """Settings printed above the next title."""
    current: Table | None = None

    def take(self, index: int, line: str) -> None:
        if match := TITLE.match(line):
            self._begin(index, match["title"], match["version"])
        elif self.title and HEADER_START.match(line):
            self._open_table(index, line)
        elif self.title and (match := INIT.match(line)):
            settings = {**self.settings, "ranks": match[1]}
            self.current = Table(self.title, self.version, settings, self.text.at(index))
            self.current.rows.append(list(match.groups()[1:]))
            self.tables.append(self.current)
        elif line.startswith("#"):
            self._note_settings(line)
        else:
            self._take_content(index, line)

    def end(self) -> None:
        if self.title and self.current is None:
            self.faults.append(Fault(f"{self.text.name}: the title of a test without its table"))
        if self.tables and not self.text.is_ended:
            self.faults.append(Fault(f"{self.text.name}: its last line has no end: the output was cut"))

    def _begin(self, index: int, title: str, version: str) -> None:
        if self.title and self.current is None:
            self._fault(index, "a new test begins before the last one's table")
        self.title, self.version, self.current = title, version, None
        self.settings, self.before = dict(self.before), {}

    def _open_table(self, index: int, line: str) -> None:
        columns, rest = _columns(line)
        if rest:
            self._fault(index, f"unknown column {rest[:60]!r}")
        self.current = Table(self.title, self.version, dict(self.settings), self.text.at(index), columns)
        self.tables.append(self.current)

    def _note_settings(self, line: str) -> None:
        for name, pattern in SETTINGS:
            if match := pattern.search(line):
                (self.before if name in BEFORE_TITLE else self.settings)[name] = "-".join(match.groups())

    def _take_content(self, index: int, line: str) -> None:
        if "VALIDATION ERROR" in line:
            self._fault(index, line.strip()[:200])
        elif _is_row(line):
            if self.current is None:
                self._fault(index, "a row without the header of its table")
            else:
                self.current.rows.append(line.split())
        elif (
            line.strip() and self.current is not None and index < self.last_row and not LOG_NOISE.match(line)
        ):
            self._fault(index, f"{line.strip()[:100]!r} within a table")

    def _fault(self, index: int, reason: str) -> None:
        self.faults.append(Fault(f"{self.text.at(index)}: {reason}"))


def _is_row(line: str) -> bool:
    if not ROW_START.match(line):
        return False
    words = line.split()
    return all(number(word) is not None or word in {"Pass", "Fail"} for word in words)


def _columns(line: str) -> tuple[tuple[int, ...], str]:
    """Column indices of a header line, and what is no known column."""
    found: list[int] = []

    def note(match: re.Match[str]) -> str:
        found.append(int((match.lastgroup or "c0")[1:]))
        return ""

    rest = HEADER.sub(note, line.removeprefix("#"))
    return tuple(found), rest.strip()
