"""What is counted on which partition: hours may be added up only where they mean the same thing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from millwright.facility.topics.queues import charged_partition

if TYPE_CHECKING:
    from millwright.facility.model import Facility
    from millwright.facility.topics.access import Account


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """One kind of hour: a unit on one kind of hardware."""

    unit: str
    hardware: str
    """Node class; the partition where it states none."""
    units_per_node_hour: float

    def __str__(self) -> str:
        return f"{self.unit} on {self.hardware}"


def meters_of(facility: "Facility") -> dict[str, Meter]:
    """The meter of each partition that Slurm schedules."""
    return {
        name: Meter(
            partition.charging.unit, partition.node_class or name, partition.charging.units_per_node_hour
        )
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
    }


def meter_of_queue(facility: "Facility", queue: str) -> Meter | None:
    """The meter of jobs that were submitted to a queue; None if the facility does not have it."""
    return meters_of(facility).get(charged_partition(facility, queue) or "")


def meters_for(facility: "Facility", account: "Account") -> tuple[Meter, ...]:
    """The meters that a grant may mean; a good facility leaves exactly one."""
    known = meters_of(facility)
    named = {name: known[name] for name in known if account.partition in {None, name}}
    return tuple(sorted({meter for meter in named.values() if meter.unit == account.unit}))


def meter_of(facility: "Facility", account: "Account") -> Meter:
    """The one meter of a grant; raises :exc:`ValueError` where the facility leaves it open."""
    (meter,) = meters_for(facility, account)
    return meter


def reference_factor(facility: "Facility", meter: Meter) -> float | None:
    """Reference units for one unit; None if no partition with this meter has a speed factor."""
    factors = (
        partition.charging.speed.value
        for name, partition in facility.partitions.items()
        if meters_of(facility).get(name) == meter and partition.charging.speed
    )
    return next(factors, None)
