"""Who of a host's users was made by Millwright and is in the facility no longer: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

FIRST_ID, LAST_ID = 20_000, 59_999
"""Ids that Millwright gives to people; see ``tools/millwright/facility/unix_users.py``."""


class Person(NamedTuple):
    """A user as the host's own files have it."""

    name: str
    uid: int
    comment: str
    home: str
    shell: str


def read_passwd(text: str) -> Iterator[Person]:
    """Users of ``/etc/passwd``; lines of another form are left out."""
    for line in text.splitlines():
        fields = line.split(":")
        if len(fields) == 7 and fields[2].isdecimal():
            yield Person(fields[0], int(fields[2]), *fields[4:7])


def former_people(text: str, comment: str, declared: Collection[str]) -> list[Person]:
    """People with Millwright's comment and an id of its range whom the facility does not declare."""
    return [
        person
        for person in read_passwd(text)
        if person.comment == comment and FIRST_ID <= person.uid <= LAST_ID and person.name not in declared
    ]
