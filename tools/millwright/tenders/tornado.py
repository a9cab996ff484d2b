"""Which input carries the ranking: each is moved alone, and the winner's lead is computed again.

The lead is the distance of the present winner to the best other offer in the formula's own unit, above 0
while it wins. A winner that falls short of what it commits to is one of the inputs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from millwright.tenders import award
from millwright.tenders.bids import Basis, bids_of

STEP = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class End:
    """The ranking at one end of an input's range."""

    setting: Fraction
    lead: Fraction
    winners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One input that is moved."""

    name: str
    unit: str
    low: End
    high: End

    @property
    def span(self) -> Fraction:
        """How far the lead moves."""
        return abs(self.high.lead - self.low.lead)


def lead_of(ranking: award.Ranking, name: str, *, lowest_wins: bool) -> Fraction:
    """Lead of one offer over the best other one."""
    others = [score.total for other, score in ranking.scores.items() if other != name]
    own = ranking.scores[name].total
    return min(others) - own if lowest_wins else own - max(others)


def tornado(basis: Basis) -> tuple[Bar, ...]:
    """Every input at 10 % less and more, the one that moves the lead most first; none for a single offer."""
    if len(basis.prices) < 2:
        return ()
    winner = award.rank(bids_of(basis), basis.rules).winners[0]
    bars = (
        Bar(
            each.name,
            each.unit,
            _end(each, winner, each.value * (1 - STEP)),
            _end(each, winner, each.value * (1 + STEP)),
        )
        for each in _inputs(basis, winner)
    )
    return tuple(sorted(bars, key=lambda bar: (-bar.span, bar.name)))


@dataclass(frozen=True, slots=True)
class _Input:
    name: str
    unit: str
    value: Fraction
    move: Callable[[Fraction], Basis]
    """The basis with another value of it."""


def _inputs(basis: Basis, winner: str) -> Iterator[_Input]:
    rules = basis.rules
    if rules.formula.has_price_points:
        yield _Input("weight of quality", "1", rules.quality_weight, basis.with_quality_weight)
    if rules.euro_per_point is not None and rules.formula is award.Formula.QUALITY_IN_EURO:
        yield _Input("euro per point", "EUR", rules.euro_per_point, basis.with_euro_per_point)
    if not basis.by_index:
        mixes = basis.quality[winner]
        yield _Input(f"{winner}: mixes a year", "1", mixes, partial(basis.with_quality, winner))
    elif len(basis.weights) > 1:
        for name, weight in basis.weights.items():
            yield _Input(f"weight of {name}", "1", weight, partial(basis.with_weight, name))
    for name, found in basis.ratios[winner].items() if basis.by_index else ():
        yield _Input(f"{winner}: ratio of {name}", "1", found, partial(basis.with_ratio, winner, name))
    yield _Input(f"{winner}: price", "EUR", basis.prices[winner], partial(basis.with_price, winner))


def _end(each: _Input, winner: str, setting: Fraction) -> End:
    basis = each.move(setting)
    ranking = award.rank(bids_of(basis), basis.rules)
    lowest_wins = not basis.rules.formula.has_price_points
    return End(setting, lead_of(ranking, winner, lowest_wins=lowest_wins), ranking.winners)
