"""What a machine delivers of the reference mix: a geometric mean of ratios does not order offers by work.

A mix is so many jobs of each workload. Its cost in node-hours is the *sum* over them, so one slow workload is
not made up for by another's ratio. Exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from millwright.core.units import convert
from millwright.tenders.model import Offer, Tender
from millwright.tenders.stability import HOURS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Delivered:
    """The reference mix on one machine."""

    node_hours: Mapping[str, Fraction]
    """Of all jobs of each workload in one mix."""
    mixes_per_year: Fraction
    """On all nodes for 8760 h."""
    eur_per_mix: Fraction
    """Price over the years of the award; undiscounted, without energy."""

    @property
    def node_hours_of_mix(self) -> Fraction:
        """Of one mix."""
        return sum(self.node_hours.values(), Fraction(0))


def delivered(tender: Tender, offer: Offer) -> Delivered | None:
    """The mix on the machine of an admissible offer; None if the tender has no workloads."""
    if not tender.workloads or offer.price is None:
        return None
    hours = {
        name: each.jobs
        * offer.workloads[name].nodes
        * convert(Fraction(offer.workloads[name].time.value), offer.workloads[name].time.unit, "h")
        for name, each in tender.workloads.items()
    }
    mixes = offer.nodes * HOURS_PER_YEAR / sum(hours.values(), Fraction(0))
    return Delivered(hours, mixes, Fraction(offer.price.value) / (mixes * tender.award.years))
