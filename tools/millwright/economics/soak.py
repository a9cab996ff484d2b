"""Interruptions of a machine under lasting load, counted from the rounds that were measured."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """One pass over all checks of a soak."""

    run_id: str
    """Empty if nothing could be stored."""
    started: str
    """ISO 8601, UTC."""
    lost: Mapping[str, str]
    """Places without a value that counts, each with the reason."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """A place that worked in the round before, or from the start, and no longer does."""

    started: str
    """Start of the round, ISO 8601 in UTC."""
    run_id: str
    place: str
    reason: str


def find_interruptions(rounds: Iterable[Round]) -> Iterator[Interruption]:
    """Each loss of a place once, until the place has come back.

    >>> lost = [{}, {"n1": "reboot"}, {"n1": "down"}, {}, {"n1": "reboot"}]
    >>> rounds = [Round(str(number), "", each) for number, each in enumerate(lost)]
    >>> [one.run_id for one in find_interruptions(rounds)]
    ['1', '4']
    """
    before: frozenset[str] = frozenset()
    for each in rounds:
        for place, reason in sorted(each.lost.items()):
            if place not in before:
                yield Interruption(each.started, each.run_id, place, reason)
        before = frozenset(each.lost)
