"""QOS and associations, from what ``sacctmgr --parsable2`` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Qos:
    """One QOS; empty texts are limits that are not set."""

    name: str
    description: str
    priority: str
    max_wall: str
    max_jobs_per_user: str


@dataclass(frozen=True, slots=True)
class Association:
    """An account, or a user in it."""

    account: str
    user: str


def _rows(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    head = lines[0].split("|")
    return [dict(zip(head, line.split("|"), strict=False)) for line in lines[1:]]


def parse_qos(text: str) -> tuple[Qos, ...]:
    """Every QOS; a description that holds the separator never shifts a limit.

    sacctmgr does not escape ``|``, so a row with more cells than the head is taken from both ends.
    """
    found = []
    for line in [line for line in text.splitlines() if line.strip()][1:]:
        cells = line.split("|")
        if len(cells) >= 5:
            found.append(Qos(cells[0], "|".join(cells[1:-3]), *cells[-3:]))
    return tuple(found)


def parse_associations(text: str) -> tuple[Association, ...]:
    """Accounts and their users."""
    return tuple(Association(row.get("Account", ""), row.get("User", "")) for row in _rows(text))
