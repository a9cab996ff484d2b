"""One run with everything that a report needs: facility, verdicts, capacity, use, signature."""

from dataclasses import dataclass

from millwright.capacity.supply import Capacity, add_up
from millwright.capacity.usage import Usage, sum_usage
from millwright.catalogue.catalogue import Catalogue
from millwright.facility import Facility
from millwright.results.chain import Chain
from millwright.results.runs import Run
from millwright.results.verification import SignatureCheck
from millwright.verdicts.scorecard import Scorecard, score


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
    """What was used of the machine's time; None if the run did not ask."""
    chain: Chain | None = None
    """The runs of the facility; None if only this one is known."""


def assess(  # noqa: PLR0913 - everything that a report of a run states
    facility: Facility,
    run: Run,
    catalogue: Catalogue,
    *,
    catalogue_sum: str,
    signature: SignatureCheck,
    chain: Chain | None = None,
) -> Assessment:
    """Judge a run and add up its capacity; raises :exc:`BadInputError` as :func:`score` does."""
    scorecard = score(facility, run)
    capacity = add_up(facility, scorecard, catalogue)
    usage = sum_usage(facility, run.accounting) if run.accounting else None
    return Assessment(facility, run, scorecard, capacity, catalogue, catalogue_sum, signature, usage, chain)
