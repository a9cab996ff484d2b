"""Ratios to a reference and their weighted geometric mean.

Formula: LANL ATS-5, SSNI = N * (prod S_i ** w_i) ** (1 / sum w_i), N the ratio of nodes; every S_i must
exceed 1 (github.com/lanl/benchmarks, doc/sphinx/00_intro). Geometric mean of ratios: P. J. Fleming and J. J.
Wallace, *How not to lie with statistics*, Communications of the ACM 29 (1986), 218-221. Ratios are exact; the
mean is computed with 50 digits.
"""

import decimal
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from millwright.checks.declaration import Better
from millwright.core.errors import BadInputError, Problem

CONTEXT = decimal.Context(prec=50)


@dataclass(frozen=True, slots=True)
class Smallest:
    """The benchmark in which an offer gains least."""

    benchmark: str
    ratio: Fraction

    @property
    def is_below_one(self) -> bool:
        """Whether the offer is worse than the reference there."""
        return self.ratio < 1

    @property
    def exceeds_one(self) -> bool:
        """What the rule of LANL asks of every ratio."""
        return self.ratio > 1


@dataclass(frozen=True, slots=True)
class Index:
    """A geometric mean with every part of it."""

    value: Decimal
    ratios: Mapping[str, Fraction]
    smallest: Smallest
    missing: tuple[str, ...]
    """Benchmarks of the reference without a ratio: such an index must not be ranked against a full one."""


def ratio(committed: Fraction, reference: Fraction, better: Better) -> Fraction:
    """S = committed / reference if higher is better, reference / committed if lower is; both above 0."""
    if committed <= 0 or reference <= 0:
        raise ValueError("a ratio needs values above 0")
    return committed / reference if better is Better.HIGHER else reference / committed


def geometric_index(
    ratios: Mapping[str, Fraction], weights: Mapping[str, Fraction], nodes: Fraction = Fraction(1)
) -> Index:
    """The index over the benchmarks that have a ratio, times the ratio of ``nodes``.

    What is missing is named and its weight left out of the sum, so that the figure of a subset can be shown
    beside the others; see :attr:`Index.missing`. Raises :exc:`BadInputError` with every wrong entry.
    """
    problems = [
        Problem("weights", name, "the benchmark has no weight", "a weight above 0", code="MW7560")
        for name in ratios
        if name not in weights
    ]
    problems += [
        Problem("weights", name, f"the weight is {float(weight):g}", "more than 0", code="MW7561")
        for name, weight in weights.items()
        if weight <= 0
    ]
    problems += [
        Problem("ratios", name, f"the ratio is {float(found):g}", "more than 0", code="MW7562")
        for name, found in ratios.items()
        if found <= 0
    ]
    if not ratios:
        problems.append(Problem("ratios", "-", "no benchmark", "at least one", code="MW7563"))
    if problems:
        raise BadInputError(problems)
    least = min(ratios, key=lambda name: (ratios[name], name))
    value = CONTEXT.multiply(to_decimal(nodes), _mean(ratios, weights))
    missing = tuple(name for name in weights if name not in ratios)
    return Index(value, dict(ratios), Smallest(least, ratios[least]), missing)


def _mean(ratios: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Decimal:
    total = sum(weights[name] for name in ratios)
    if len({ratios[name] for name in ratios}) == 1:
        return to_decimal(next(iter(ratios.values())))
    exponent = Decimal(0)
    for name, found in ratios.items():
        part = CONTEXT.multiply(to_decimal(weights[name] / total), CONTEXT.ln(to_decimal(found)))
        exponent = CONTEXT.add(exponent, part)
    return CONTEXT.exp(exponent)


def to_decimal(value: Fraction) -> Decimal:
    """A fraction with 50 digits."""
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
