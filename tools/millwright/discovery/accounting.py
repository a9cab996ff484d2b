"""QOS and associations, from what ``sacctmgr --parsable2`` prints."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Qos:
    """One QOS; empty texts are limits that are not set."""

    name: str
    limits: Mapping[str, str]
    """Field as sacctmgr heads its column, and text."""
    description: str


@dataclass(frozen=True, slots=True)
class Association:
    """An account, or a user in it."""

    account: str
    user: str
    limits: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What else slurmdbd says of it, by column; nothing that is not set."""


def _rows(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    head = lines[0].split("|")
    return [dict(zip(head, line.split("|"), strict=False)) for line in lines[1:]]


def parse_qos(text: str) -> tuple[Qos, ...]:
    """Every QOS; a description that holds the separator never shifts a limit.

    sacctmgr does not escape ``|``, so the description, the one free text, is asked for last.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    head = lines[0].split("|") if lines else []
    found = []
    for line in lines[1:]:
        name, *cells = line.split("|", len(head) - 1)
        if len(cells) == len(head) - 1 and cells:
            found.append(Qos(name, dict(zip(head[1:-1], cells[:-1], strict=True)), cells[-1]))
    return tuple(found)


def parse_associations(text: str) -> tuple[Association, ...]:
    """Accounts and their users."""
    return tuple(
        Association(
            row.get("Account", ""),
            row.get("User", ""),
            {key: value for key, value in row.items() if value and key not in ("Account", "User")},
        )
        for row in _rows(text)
    )
