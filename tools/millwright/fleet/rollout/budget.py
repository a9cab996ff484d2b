"""How many hosts may fail before a change stops: whole numbers or shares, for each wave and in total."""

import math
import re
from dataclasses import dataclass

from millwright.core.errors import BadInputError, Problem

ALLOWANCE = re.compile(r"(?P<number>[0-9]{1,9})|(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,3})?)%")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Hosts that may fail: a number of hosts, or a share of those at hand."""

    number: int = 0
    share: float | None = None
    """Share between 0 and 1; the number counts where this is None."""

    def of(self, hosts: int) -> int:
        """How many of `hosts` may fail; a share is rounded down, so that a small wave allows none.

        >>> Allowance(share=0.05).of(19), Allowance(share=0.05).of(20), Allowance(3).of(2)
        (0, 1, 3)
        """
        # The nudge keeps 0.29 of 100 hosts from being 28: binary fractions lie just below.
        return self.number if self.share is None else math.floor(self.share * hosts + 1e-9)

    def __str__(self) -> str:
        return str(self.number) if self.share is None else f"{self.share * 100:g}%"


def parse_allowance(text: str, key: str) -> Allowance:
    """Read ``3`` or ``5%``; `key` is where the text stands. Raises :exc:`BadInputError` otherwise.

    >>> parse_allowance("5%", "--max-failed")
    Allowance(number=0, share=0.05)
    """
    found = ALLOWANCE.fullmatch(text.strip())
    if not found or (found["percent"] and float(found["percent"]) > 100):
        expected = "a number of hosts or a share, for example 3 or 5%"
        raise BadInputError(
            [Problem(key, text, "neither a number of hosts nor a share", expected, code="MW2101")]
        )
    if found["number"]:
        return Allowance(int(found["number"]))
    return Allowance(share=float(found["percent"]) / 100)


@dataclass(frozen=True, slots=True)
class Budget:
    """What may go wrong before the next wave does not begin."""

    per_wave: Allowance = Allowance(share=0.1)
    in_total: Allowance = Allowance(share=0.05)
    counts_unreachable: bool = False
    """Whether a host that could not be reached counts as failed."""

    def why_to_stop(self, wave: "Spent", total: "Spent", *, is_trial: bool) -> str:
        """Why no further wave may begin; empty if it may. A trial allows no failure at all."""
        allowed = 0 if is_trial else self.per_wave.of(wave.hosts)
        if self._count(wave) > allowed:
            return f"{self._count(wave)} of {wave.hosts} hosts of this wave failed, {_allowed(allowed)}"
        allowed = self.in_total.of(total.hosts)
        if self._count(total) > allowed and not is_trial:
            return f"{self._count(total)} of {total.hosts} hosts failed in total, {_allowed(allowed)}"
        return ""

    def _count(self, spent: "Spent") -> int:
        return spent.failed + (spent.unreachable if self.counts_unreachable else 0)


@dataclass(frozen=True, slots=True)
class Spent:
    """How hosts fared."""

    hosts: int
    """All hosts that the allowance is a share of."""
    failed: int
    unreachable: int


def _allowed(number: int) -> str:
    return f"{number} allowed" if number else "none allowed"
