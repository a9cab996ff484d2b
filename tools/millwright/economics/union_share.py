"""The Union's entitlement, its use and the ceiling: three numbers.

Council Regulation (EU) 2021/1173 Art. 17(1) as replaced by 2024/1732 Art. 1(9): the Union's share is
proportional to its contribution to the total cost of ownership and at most 50 % of the total access time
of each high-end, quantum and AI-optimised supercomputer. Art. 2(2): access time is computing time made
available to users, not the hours of the calendar. Time that a Member State gives is managed as part of
the Union's and is no contribution (2026/150).
"""

from dataclasses import dataclass
from fractions import Fraction

from millwright.core.errors import BadInputError, Problem


@dataclass(frozen=True, slots=True)
class AccessTimes:
    """Accelerator-hours of a period."""

    existing: Fraction
    """Hours of the calendar times accelerators."""
    made_available: Fraction
    """Total access time."""
    used_by_union: Fraction
    used_by_all: Fraction


@dataclass(frozen=True, slots=True)
class UnionShare:
    """Shares from 0 to 1, hours in accelerator-hours."""

    uncapped_share: Fraction
    entitled_share: Fraction
    entitled_hours: Fraction
    used_of_total_access: Fraction
    """What the ceiling and the entitlement bound."""
    used_of_used: Fraction | None
    used_of_existing: Fraction
    is_above_entitlement: bool
    is_above_ceiling: bool
    over_entitlement_hours: Fraction
    """Negative where the Union used less than its share."""


def union_share(
    contribution: Fraction, total_cost: Fraction, ceiling: Fraction, hours: AccessTimes
) -> UnionShare:
    """Compare use with entitlement; money in one currency, ``ceiling`` from 0 to 1.

    Raises :exc:`BadInputError` with every figure that contradicts another.
    """
    checks = {
        "total_cost_of_ownership_eur": (total_cost > 0, "more than 0"),
        "contribution_eur": (0 <= contribution <= total_cost, "0 to the total cost of ownership"),
        "ceiling": (0 < ceiling <= 1, "more than 0, at most 1"),
        "total_access_time_hours": (
            0 < hours.made_available <= hours.existing,
            "more than 0, at most the existing hours",
        ),
        "used_by_all_hours": (
            0 <= hours.used_by_all <= hours.made_available,
            "0 to the total access time",
        ),
        "used_by_union_hours": (0 <= hours.used_by_union <= hours.used_by_all, "0 to what all used"),
    }
    wrong = [key for key, (holds, _) in checks.items() if not holds]
    if wrong:
        raise BadInputError(
            Problem("union-share", key, "contradicts the other figures", checks[key][1], code="MW7577")
            for key in wrong
        )
    uncapped = contribution / total_cost
    entitled = min(uncapped, ceiling)
    of_access = hours.used_by_union / hours.made_available
    return UnionShare(
        uncapped_share=uncapped,
        entitled_share=entitled,
        entitled_hours=entitled * hours.made_available,
        used_of_total_access=of_access,
        used_of_used=hours.used_by_union / hours.used_by_all if hours.used_by_all else None,
        used_of_existing=hours.used_by_union / hours.existing,
        is_above_entitlement=of_access > entitled,
        is_above_ceiling=of_access > ceiling,
        over_entitlement_hours=hours.used_by_union - entitled * hours.made_available,
    )
