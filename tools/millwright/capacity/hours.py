"""Hours with what they are hours of: two kinds are never added up, only converted by known factors."""

from collections.abc import Iterable
from dataclasses import dataclass

from millwright.core.errors import BadInputError, Problem
from millwright.facility import Facility
from millwright.facility.meters import Meter, reference_factor


@dataclass(frozen=True, slots=True)
class Hours:
    """An amount and its meter."""

    value: float
    meter: Meter

    def __str__(self) -> str:
        return f"{self.value:g} {self.meter}"


def to_reference(facility: Facility, hours: Iterable[Hours]) -> float:
    """The sum in the facility's reference unit, by measured or declared speed factors.

    Raises :exc:`BadInputError` with every kind of hour that has no factor.
    """
    terms = tuple(hours)
    factors = {meter: reference_factor(facility, meter) for meter in {each.meter for each in terms}}
    missing = [meter for meter, factor in sorted(factors.items()) if factor is None]
    if missing or facility.access_time is None or facility.access_time.reference_unit is None:
        problems = [
            Problem("hours", str(meter), "can't be converted", "partitions.….charging.speed", code="MW6072")
            for meter in missing
        ]
        unit = Problem(
            "hours", "sum", "there is no unit to convert into", "access_time.reference_unit", code="MW1608"
        )
        raise BadInputError(problems or [unit])
    return sum(each.value * (factors[each.meter] or 0.0) for each in terms)
