"""The share of mutants that survived, and the list of those that no test could ever find."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

MOST_SURVIVING = 0.10
"""Share of the counted mutants that may survive."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a mutant changed."""

    module: str
    before: str
    """The line without indentation."""
    after: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One run over a sample."""

    killed: int
    survived: tuple[Change, ...]
    equivalent: tuple[Change, ...]
    """Survivors that are listed, with a reason, as doing what the code does."""
    stillborn: int

    @property
    def counted(self) -> int:
        """Mutants that a test could have found."""
        return self.killed + len(self.survived)

    @property
    def share(self) -> float:
        """Part of the counted mutants that no test noticed."""
        return len(self.survived) / self.counted if self.counted else 1.0


def read_equivalents(file: Path) -> dict[Change, str]:
    """The listed changes with their reasons; raises :exc:`ValueError` for one without a reason."""
    found: dict[Change, str] = {}
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
        change = Change(entry["module"], entry["before"], entry["after"])
        if not str(entry.get("reason", "")).strip():
            raise ValueError(f"{change.module}: {change.after!r} is listed without a reason")
        found[change] = entry["reason"]
    return found


def find_outdated(equivalents: Iterable[Change], root: Path) -> list[Change]:
    """Listed changes of lines that are no longer in their module."""
    lines: dict[str, set[str]] = {}
    for change in equivalents:
        if change.module not in lines:
            path = root / change.module
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            lines[change.module] = {line.strip() for line in text.splitlines()}
    return [change for change in equivalents if change.before not in lines[change.module]]


def summarise(
    killed: int, survivors: Sequence[Change], stillborn: int, equivalents: Iterable[Change]
) -> Summary:
    """Count a run, with listed equivalents apart."""
    listed = frozenset(equivalents)
    return Summary(
        killed,
        survived=tuple(change for change in survivors if change not in listed),
        equivalent=tuple(change for change in survivors if change in listed),
        stillborn=stillborn,
    )


def describe_change(change: Change) -> str:
    """The change as a difference."""
    return f"{change.module}\n  - {change.before}\n  + {change.after}"


def describe(summary: Summary) -> str:
    """The survivors, one a paragraph, and the figures."""
    parts = [describe_change(each) for each in summary.survived]
    parts.append(
        f"{summary.counted} mutants counted: {summary.killed} killed, {len(summary.survived)} survived "
        f"({summary.share:.1%}, at most {MOST_SURVIVING:.0%}); not counted: {len(summary.equivalent)} "
        f"equivalent, {summary.stillborn} that can't be imported"
    )
    return "\n\n".join(parts)
