"""At which weight and at which tariff the order of two offers turns.

The logarithm of a weighted geometric mean is linear in the weights, and the cost of energy is linear in the
tariff, so two offers meet at most once.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from millwright.tenders.index import CONTEXT, geometric_index

HOURS_PER_YEAR = 8760


def reweighted(weights: Mapping[str, Fraction], moved: str, share: Fraction) -> dict[str, Fraction]:
    """Weights with ``moved`` at ``share`` (0 to 1); the others keep their proportions and share the rest."""
    if moved not in weights or not 0 <= share <= 1:
        raise ValueError(f"{moved} has no weight, or its share is not between 0 and 1")
    others = sum(weight for name, weight in weights.items() if name != moved)
    if not others:
        raise ValueError("a single benchmark has no weight to share")
    return {
        name: share if name == moved else (1 - share) * weight / others for name, weight in weights.items()
    }


def index_at(
    ratios: Mapping[str, Fraction], weights: Mapping[str, Fraction], moved: str, share: Fraction
) -> Decimal:
    """The geometric mean index at another weight of one benchmark."""
    used = {name: weight for name, weight in reweighted(weights, moved, share).items() if weight}
    return geometric_index({name: ratios[name] for name in used}, used).value


def weight_where_equal(
    one: Mapping[str, Fraction], other: Mapping[str, Fraction], weights: Mapping[str, Fraction], moved: str
) -> Decimal | None:
    """Weight of one benchmark, 0 to 1, at which two offers have the same index; None for none."""
    at_0 = _gap(one, other, weights, moved, Fraction(0))
    at_1 = _gap(one, other, weights, moved, Fraction(1))
    if at_0 == at_1:
        return None
    found = CONTEXT.divide(at_0, CONTEXT.subtract(at_0, at_1))
    return found if 0 <= found <= 1 else None


def _gap(
    one: Mapping[str, Fraction],
    other: Mapping[str, Fraction],
    weights: Mapping[str, Fraction],
    moved: str,
    share: Fraction,
) -> Decimal:
    logs = [CONTEXT.ln(index_at(ratios, weights, moved, share)) for ratios in (one, other)]
    return CONTEXT.subtract(*logs)


def energy_at_meter_kwh(power_kw: Fraction, pue: Fraction, years: Fraction) -> Fraction:
    """Energy over some years of 8760 h: IT power * hours * PUE, in kWh."""
    return power_kw * HOURS_PER_YEAR * years * pue


def break_even_tariff(
    price: Fraction, energy_kwh: Fraction, other_price: Fraction, other_energy_kwh: Fraction
) -> Fraction | None:
    """Tariff in EUR/kWh, 0 or more, at which two offers cost the same undiscounted; None if there is none."""
    if energy_kwh == other_energy_kwh:
        return None
    found = (price - other_price) / (other_energy_kwh - energy_kwh)
    return found if found >= 0 else None
