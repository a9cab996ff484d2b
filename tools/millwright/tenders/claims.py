"""Whether a claimed rate is what was asked: dense or sparse, the precision, measured or not.

A sparse figure is refused and never halved in silence: 2:4 structured sparsity doubles the printed peak.
A peak is no committed value where a measured one is asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

DENSE = "dense"
MEASURED = "measured"


class Violation(StrEnum):
    """A rule that a claim breaks."""

    SPARSE = "sparse-where-dense-asked"
    NO_SPARSITY = "sparsity-not-stated"
    PRECISION = "wrong-precision"
    PEAK = "peak-where-measured-asked"
    EMULATED = "emulated"
    EXTRAPOLATED = "extrapolated"
    NOT_MEASURED = "not-measured"
    AI_FLOPS = "ai-flops-have-no-precision"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tender asks a rate to be."""

    precision: str
    """For example bf16."""
    sparsity: str = DENSE
    kind: str = MEASURED


@dataclass(frozen=True, slots=True)
class Claim:
    """What an offer says that its rate is."""

    value: Fraction
    unit: str
    precision: str | None
    sparsity: str | None
    """`dense`, a pattern such as `2:4`, or None if the offer does not state it."""
    kind: str
    """`measured`, `peak`, `emulated …` or `extrapolated …`."""


def find_violations(claim: Claim, asked: Asked) -> tuple[Violation, ...]:
    """Every rule that the claim breaks; none means that it answers what was asked."""
    return tuple(_find(claim, asked))


def _find(claim: Claim, asked: Asked) -> Iterator[Violation]:
    if not claim.unit.endswith(("FLOP/s", "OP/s")) or claim.unit.upper().startswith("AI"):
        yield Violation.AI_FLOPS
    if claim.precision != asked.precision:
        yield Violation.PRECISION
    if claim.sparsity is None:
        yield Violation.NO_SPARSITY
    elif claim.sparsity != asked.sparsity and asked.sparsity == DENSE:
        yield Violation.SPARSE
    if asked.kind == MEASURED:
        yield from find_unmeasured(claim.kind)


def find_unmeasured(kind: str) -> Iterator[Violation]:
    """Why a value that is stated to be of a kind is not a measured one; nothing if it is.

    The first word counts: ``extrapolated from 16 nodes`` is extrapolated.
    """
    words = kind.split()
    wrong = {
        MEASURED: None,
        "peak": Violation.PEAK,
        "emulated": Violation.EMULATED,
        "extrapolated": Violation.EXTRAPOLATED,
        "projected": Violation.EXTRAPOLATED,
    }.get(words[0].lower() if words else "", Violation.NOT_MEASURED)
    if wrong:
        yield wrong


def if_dense(claim: Claim) -> Fraction | None:
    """A sparse peak at the pattern's ratio (n:m keeps n of m), to stand beside it; None for a dense claim.

    >>> float(if_dense(Claim(Fraction(1979), "PFLOP/s", "bf16", "2:4", "peak")))
    989.5
    """
    kept, colon, of = (claim.sparsity or "").partition(":")
    if not colon or not kept.isdigit() or not of.isdigit() or int(of) == 0:
        return None
    return claim.value * int(kept) / int(of)
