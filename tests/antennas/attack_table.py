"""The tables of attacks in ``attacks/``: who holds what, from where, tries what, and what refuses it."""

from dataclasses import dataclass
from pathlib import Path

import yaml

TABLES = Path(__file__).with_name("attacks")


@dataclass(frozen=True)
class Attack:
    """One row: the same attempt at several hosts or services."""

    title: str
    user: str
    key: str
    """``static``: a key that the user put into a file in their home. ``certificate``: with a valid one."""
    account: str
    source: str
    """``network``, ``inside`` or ``outside``."""
    tries: str
    """``enter``, ``reach`` or ``listen``."""
    targets: tuple[str, ...]
    given: str
    """What happens at the factory meanwhile; empty if nothing has to."""
    refused: str
    """Regular expression of the refusal."""

    def __str__(self):
        return self.title


def read_attacks(table):
    """Every row of a table, in the order of the file."""
    for row in yaml.safe_load((TABLES / f"{table}.yaml").read_text()):
        holds = row["holds"]
        yield Attack(
            title=row["attack"],
            user=holds["user"],
            key=holds["key"],
            account=row.get("as", holds["user"]),
            source=row["from"],
            tries=row["tries"],
            targets=tuple(row["at"]),
            given=row.get("given", ""),
            refused=row["refused"],
        )
