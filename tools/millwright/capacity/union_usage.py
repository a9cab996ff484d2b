"""The Union's part of the machine's time against the most that the law allows."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.hours import Hours, to_reference
from millwright.core.errors import BadInputError
from millwright.facility import Facility
from millwright.facility.meters import Meter, meters_of
from millwright.facility.topics.access import UNION, UNION_CEILING
from millwright.results.accounting import AccountingEvidence

S_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class UnionUsage:
    """The Union's part of one kind of hour, or of all in the reference unit."""

    unit: str
    """The kind of hour; the reference unit for all together."""
    used: float
    used_by_all: float
    existing: float
    """Hours that the machine's nodes had in the period, whether they worked or not."""
    declared: float
    """The Union's share as the facility declares it, 0 to 1."""
    ceiling: float
    """The most that the law allows, 0 to 1."""

    @property
    def of_used(self) -> float | None:
        """Share in what was used; None if nothing was used."""
        return self.used / self.used_by_all if self.used_by_all else None

    @property
    def of_existing(self) -> float:
        """Share in the machine's time, which is what the ceiling bounds."""
        return self.used / self.existing if self.existing else 0.0

    @property
    def is_above_ceiling(self) -> bool:
        """Whether the Union used more of the machine's time than the law allows."""
        return self.of_existing > self.ceiling


def union_usage(
    facility: Facility, accounts: tuple[AccountUsage, ...], evidence: AccountingEvidence
) -> tuple[tuple[UnionUsage, ...], str]:
    """The Union's part by kind of hour, and of all together where they can be converted."""
    if facility.access_time is None:
        return (), ""
    existing = _existing(facility, evidence)
    each = tuple(
        _part(
            facility,
            str(hours.meter),
            (_of(accounts, hours.meter, UNION), _of(accounts, hours.meter), hours.value),
        )
        for hours in existing
    )
    if len(existing) < 2:
        return each, ""
    meters = [hours.meter for hours in existing]
    try:
        total = (
            to_reference(facility, (Hours(_of(accounts, meter, UNION), meter) for meter in meters)),
            to_reference(facility, (Hours(_of(accounts, meter), meter) for meter in meters)),
            to_reference(facility, existing),
        )
    except BadInputError as error:
        return each, "; ".join(f"{problem.key}: {problem.problem}" for problem in error.problems)
    return (*each, _part(facility, str(facility.access_time.reference_unit), total)), ""


def _part(facility: Facility, unit: str, hours: tuple[float, float, float]) -> UnionUsage:
    time = facility.access_time
    if time is None:
        raise ValueError(f"{facility.name} divides no time")
    return UnionUsage(unit, *hours, time.union_share, UNION_CEILING[time.machine_class])


def _of(accounts: Iterable[AccountUsage], meter: Meter, share: str | None = None) -> float:
    return sum(each.used for each in accounts if each.meter == meter and share in {None, each.share})


def _existing(facility: Facility, evidence: AccountingEvidence) -> tuple[Hours, ...]:
    """Hours that all nodes had in the period, by kind."""
    begin, end = (datetime.datetime.fromisoformat(text) for text in (evidence.begin, evidence.end))
    hours = (end - begin).total_seconds() / S_PER_HOUR
    sums: dict[Meter, float] = {}
    for name, meter in meters_of(facility).items():
        nodes = len(facility.partitions[name].node_names())
        sums[meter] = sums.get(meter, 0.0) + nodes * hours * meter.units_per_node_hour
    return tuple(Hours(value, meter) for meter, value in sums.items())
