"""Award formulas: points for price, totals, rankings, and what a losing offer changes in them.

Formulas: P. S. Stilger, J. Siderius and E. M. van Raaij, *A comparative study of formulas for choosing the
economically most advantageous tender*, Journal of Public Procurement 17 (2017), 88-124. All but the absolute
ones depend on the other offers, so a losing one may turn the order of two others. Money and points are exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from millwright.core.errors import BadInputError, Problem

HUNDRED = Fraction(100)


class Formula(StrEnum):
    """How price and quality become a ranking."""

    INVERSE_PROPORTIONAL = "inverse_proportional"
    """100 * lowest price / price; relative."""
    LINEAR_MIN_MAX = "linear_min_max"
    """100 * (highest - price) / (highest - lowest); relative, and all equal prices get 100."""
    LINEAR_TO_CEILING = "linear_to_ceiling"
    """100 * (ceiling - price) / (ceiling - floor), at most 100 and at least 0; absolute."""
    PRICE_PER_POINT = "price_per_point"
    """Price / quality points, the lowest wins; absolute if quality is."""
    QUALITY_IN_EURO = "quality_in_euro"
    """Price - quality points * euro per point, the lowest wins; absolute if quality is."""

    @property
    def has_price_points(self) -> bool:
        """Whether it turns prices into points that are weighted with quality."""
        return self not in {Formula.PRICE_PER_POINT, Formula.QUALITY_IN_EURO}


@dataclass(frozen=True, slots=True)
class Bid:
    """What counts of an admissible offer."""

    price: Fraction
    """In euro."""
    quality: Fraction
    """Points, 0 to 100; or the raw index if `Rules.quality_of_best` scales it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A formula with its parameters, as the tender publishes them."""

    formula: Formula
    quality_weight: Fraction = Fraction(0)
    price_weight: Fraction = Fraction(0)
    ceiling: Fraction | None = None
    floor: Fraction = Fraction(0)
    euro_per_point: Fraction | None = None
    quality_of_best: bool = False
    """Quality points are 100 * quality / the best admissible quality, which depends on the other offers."""


@dataclass(frozen=True, slots=True)
class Score:
    """One offer as the formula sees it."""

    quality_points: Fraction
    price_points: Fraction | None
    """None for a formula without them."""
    total: Fraction
    """Weighted points; euro per point or euro for the formulas in which the lowest wins."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Offers in order with their scores; offers that share a total share a rank."""

    order: tuple[str, ...]
    scores: Mapping[str, Score]
    ranks: Mapping[str, int]

    @property
    def winners(self) -> tuple[str, ...]:
        """The first, or all that share the first rank."""
        return tuple(name for name in self.order if self.ranks[name] == 1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The ranking without one offer."""

    without: str
    order: tuple[str, ...]
    turned: tuple[tuple[str, str], ...]
    """Pairs of which the second now precedes the first."""
    winners: tuple[str, ...]


def price_points(prices: Mapping[str, Fraction], rules: Rules) -> dict[str, Fraction]:
    """Points of each price by the formula, 0 to 100; prices above 0."""
    lowest, highest = min(prices.values()), max(prices.values())
    match rules.formula:
        case Formula.INVERSE_PROPORTIONAL:
            return {name: HUNDRED * lowest / price for name, price in prices.items()}
        case Formula.LINEAR_MIN_MAX:
            span = highest - lowest
            return {name: HUNDRED * (highest - p) / span if span else HUNDRED for name, p in prices.items()}
        case Formula.LINEAR_TO_CEILING if rules.ceiling is not None:
            span = rules.ceiling - rules.floor
            points = {name: HUNDRED * (rules.ceiling - price) / span for name, price in prices.items()}
            return {name: min(HUNDRED, max(Fraction(0), found)) for name, found in points.items()}
    raise ValueError(f"{rules.formula} gives no points for prices")


def rank(bids: Mapping[str, Bid], rules: Rules) -> Ranking:
    """Rank admissible offers; of equal totals, the order is that of the names and the rank is shared.

    Raises :exc:`BadInputError` with every problem of the bids and the rules.
    """
    problems = find_problems(bids, rules)
    if problems:
        raise BadInputError(problems)
    scores = _scores(bids, rules)
    lowest_wins = not rules.formula.has_price_points
    key = {name: found.total if lowest_wins else -found.total for name, found in scores.items()}
    order = tuple(sorted(scores, key=lambda name: (key[name], name)))
    ranks = {name: 1 + sum(key[other] < key[name] for other in scores) for name in scores}
    return Ranking(order, scores, ranks)


def leave_one_out(bids: Mapping[str, Bid], rules: Rules) -> tuple[LeftOut, ...]:
    """The ranking without each offer that does not win, and the pairs that it turns."""
    full = rank(bids, rules)
    losers = [name for name in full.order if name not in full.winners]
    return tuple(_without(bids, rules, full, name) for name in losers)


def depends_on_losers(table: Sequence[LeftOut]) -> bool:
    """Whether the order of any two offers depends on a third one that does not win."""
    return any(row.turned for row in table)


def find_problems(bids: Mapping[str, Bid], rules: Rules) -> list[Problem]:
    """Everything with which the formula can't be computed."""
    found = [
        Problem("offers", name, f"the price is {float(bid.price):g} EUR", "more than 0", code="MW7564")
        for name, bid in bids.items()
        if bid.price <= 0
    ]
    if not bids:
        found.append(Problem("offers", "-", "no admissible offer", "at least one", code="MW7565"))
    if rules.formula.has_price_points and rules.quality_weight + rules.price_weight != 1:
        total = float(rules.quality_weight + rules.price_weight)
        found.append(Problem("award.weights", "-", f"add up to {total:g}", "1", code="MW7566"))
    if rules.formula is Formula.LINEAR_TO_CEILING and (rules.ceiling is None or rules.ceiling <= rules.floor):
        found.append(Problem("award.ceiling_eur", "-", "no ceiling above the floor", "both", code="MW7567"))
    if rules.formula is Formula.QUALITY_IN_EURO and (
        rules.euro_per_point is None or rules.euro_per_point <= 0
    ):
        expected = "more than 0"
        found.append(Problem("award.euro_per_point", "-", "is missing or 0", expected, code="MW7568"))
    if rules.quality_of_best or rules.formula is Formula.PRICE_PER_POINT:
        found += [
            Problem("offers", name, "has no quality points to divide by", "more than 0", code="MW7569")
            for name, bid in bids.items()
            if bid.quality <= 0
        ]
    return found


def _scores(bids: Mapping[str, Bid], rules: Rules) -> dict[str, Score]:
    best = max(bid.quality for bid in bids.values()) if rules.quality_of_best else HUNDRED
    quality = {name: HUNDRED * bid.quality / best for name, bid in bids.items()}
    prices = {name: bid.price for name, bid in bids.items()}
    if rules.formula is Formula.PRICE_PER_POINT:
        return {name: Score(quality[name], None, prices[name] / quality[name]) for name in bids}
    if rules.formula is Formula.QUALITY_IN_EURO:
        worth = rules.euro_per_point or Fraction(0)
        return {name: Score(quality[name], None, prices[name] - quality[name] * worth) for name in bids}
    points = price_points(prices, rules)
    return {
        name: Score(
            quality[name],
            points[name],
            rules.quality_weight * quality[name] + rules.price_weight * points[name],
        )
        for name in bids
    }


def _without(bids: Mapping[str, Bid], rules: Rules, full: Ranking, name: str) -> LeftOut:
    rest = rank({other: bid for other, bid in bids.items() if other != name}, rules)
    kept = [other for other in full.order if other != name]
    turned = tuple(
        (first, second)
        for at, first in enumerate(kept)
        for second in kept[at + 1 :]
        if full.ranks[first] < full.ranks[second] and rest.ranks[first] > rest.ranks[second]
    )
    return LeftOut(name, rest.order, turned, rest.winners)
