"""Everything that is known of one run, gathered for whoever reports it.

This is the floor on which ``report`` stands: it imports from here, and from nowhere below.
"""

from dataclasses import dataclass

from millwright.capacity.peak import Peak
from millwright.capacity.supply import Capacity, Supply, add_up
from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import AccessUsage, Usage, sum_usage
from millwright.catalogue.catalogue import Catalogue
from millwright.facility import Facility
from millwright.results.evidence import Origin
from millwright.results.runs import Run
from millwright.results.verification import SignatureCheck
from millwright.statistics.interval import Interval
from millwright.verdicts.reference import Reference
from millwright.verdicts.scorecard import Rollup, Row, Scorecard, score

__all__ = [
    "AccessUsage",
    "Assessment",
    "Capacity",
    "Catalogue",
    "Facility",
    "Interval",
    "Origin",
    "Peak",
    "Reference",
    "Rollup",
    "Row",
    "Run",
    "Scorecard",
    "SignatureCheck",
    "Supply",
    "UnionUsage",
    "Usage",
    "assess",
]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A run with its facility, verdicts and capacity."""

    facility: Facility
    """As it was when the run started."""
    run: Run
    scorecard: Scorecard
    capacity: Capacity
    catalogue: Catalogue
    catalogue_sum: str
    """SHA-256 of the catalogue file whose peaks the capacity is compared with."""
    signature: SignatureCheck
    """What is known about the signature of the run's manifest."""
    usage: Usage | None = None
    """What was used of the machine's time; None where the run did not ask."""


def assess(
    facility: Facility, run: Run, catalogue: Catalogue, *, catalogue_sum: str, signature: SignatureCheck
) -> Assessment:
    """Judge a run and add up its capacity; raises :exc:`BadInputError` as :func:`score` does."""
    scorecard = score(facility, run)
    capacity = add_up(facility, scorecard, catalogue)
    usage = sum_usage(facility, run.accounting) if run.accounting else None
    return Assessment(facility, run, scorecard, capacity, catalogue, catalogue_sum, signature, usage)
