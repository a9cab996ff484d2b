"""Facts that a job's collectors left beside its raw output: what ran, on which node, in which state.

They are read from raw evidence whenever they are asked for and enter no verdict. A line that is none is
counted and left out: facts come from the nodes, so any text may be in them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from millwright.core.json_text import load_json
from millwright.core.node_sets import fold
from millwright.results.evidence import Origin

FACT_FILES = frozenset({"rfm_facts.jsonl", "rfm_build_facts.jsonl"})
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_LINE_CHARACTERS = 4096
MAX_TEXT_CHARACTERS = 1000
MAX_NAMES = 2000
"""Different names of facts in one file; the collectors write about a hundred."""

Fact = tuple[str, str, str, bool]
"""Node, name, value or reason, and whether it could be read."""


@dataclass(frozen=True, slots=True)
class ParsedFacts:
    """One file of facts."""

    facts: tuple[Fact, ...]
    """In the order of the file."""
    broken_lines: int
    """Lines that hold no facts and were left out."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One value of one fact of a case, with all nodes that gave it."""

    seat: str
    partition: str
    case: str
    """ReFrame's name of the case, with its parameters."""
    name: str
    """Dotted, for example ``clocks.governor``."""
    value: str
    """The value, or the reason why it could not be read."""
    readable: bool
    nodes: str
    """Folded; empty for a fact of the build."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of one case."""

    origin: Origin
    files: tuple[str, ...]
    """Paths within the run folder; none if the case collected no facts."""
    rows: tuple[FactRow, ...]
    broken_lines: int


def read_facts(run_folder: Path, origins: Iterable[Origin]) -> Iterator[CaseFacts]:
    """The facts of each case, in the order given; raises :exc:`OSError` for a file that can't be read."""
    for origin in origins:
        files = tuple(name for name in origin.files if PurePosixPath(name).name in FACT_FILES)
        parsed = [_read(run_folder / name) for name in files]
        yield CaseFacts(
            origin=origin,
            files=files,
            rows=tuple(_rows(origin, [fact for each in parsed for fact in each.facts])),
            broken_lines=sum(each.broken_lines for each in parsed),
        )


def parse_facts(lines: Iterable[str]) -> ParsedFacts:
    """Read lines of JSON, each ``{"node": …, "facts": {…}, "unreadable": {…}}`` with texts as values."""
    facts: list[Fact] = []
    names: set[str] = set()
    broken = 0
    for line in lines:
        found = _parse(line) if line.strip() else ()
        new = {name for _, name, _, _ in found or ()} - names
        if found is None or len(names) + len(new) > MAX_NAMES:
            broken += 1
            continue
        names |= new
        facts += found
    return ParsedFacts(tuple(facts), broken)


def _read(path: Path) -> ParsedFacts:
    if path.stat().st_size > MAX_FILE_BYTES:
        return ParsedFacts((), 1)
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        return parse_facts(file)


def _parse(line: str) -> tuple[Fact, ...] | None:
    if len(line) > MAX_LINE_CHARACTERS:
        return None
    try:
        record = load_json(line)
    except ValueError:
        return None
    if not isinstance(record, dict) or record.keys() != {"node", "facts", "unreadable"}:
        return None
    node, facts, reasons = record["node"], record["facts"], record["unreadable"]
    if not isinstance(node, str) or not _are_texts(facts) or not _are_texts(reasons):
        return None
    found = [(name, value, True) for name, value in facts.items()]
    found += [(name, value, False) for name, value in reasons.items()]
    return tuple((_plain(node), _plain(name), _plain(value), readable) for name, value, readable in found)


def _are_texts(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values())


def _plain(text: str) -> str:
    """One line of printable text."""
    short = text[:MAX_TEXT_CHARACTERS]
    if short.isprintable():
        return short
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in short)


def _rows(origin: Origin, facts: Sequence[Fact]) -> Iterator[FactRow]:
    nodes: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for node, name, value, readable in facts:
        nodes[name, value, readable].append(node)
    folded = cache(_folded)  # most facts are given by the same nodes
    for (name, value, readable), found in sorted(nodes.items()):
        where = folded(tuple(dict.fromkeys(filter(None, found))))
        yield FactRow(origin.seat, origin.partition, origin.case, name, value, readable, where)


def _folded(names: tuple[str, ...]) -> str:
    """Nodes as a folded set; names that ClusterShell can't read are listed."""
    is_plain = all(name.replace("-", "").replace(".", "").isalnum() for name in names)
    return fold(names) if is_plain else ", ".join(names)
