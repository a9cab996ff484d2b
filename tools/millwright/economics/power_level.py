"""Quality level of a power measurement.

EE HPC WG, *Energy Efficient High Performance Computing Power Measurement Methodology*
(github.com/EEHPCWG/PowerMeasurementMethodology, ff1d705), table "Summary of aspects and quality levels". Four
aspects: timing, machine fraction, subsystems, location with the accuracy of the meters. A measurement has the
lowest level of all; None if one is below Level 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

CORE_S, READING_SHARE, READINGS = 60, Fraction(1, 10), 10
UNCOVERED_S, UNCOVERED_END_S = 10, 5
ACCURACY = {3: Fraction(1), 2: Fraction(2), 1: Fraction(5)}
"""Most error of a meter by level, in percent."""
MOST_RELAXED = Fraction(3)
"""Most error of each meter, in percent, for which several equal ones may be averaged."""
LEAST_NODES, LEAST_KW_INSTEAD = 15, 40
SHARES = {2: (Fraction(1, 8), 10), 1: (Fraction(1, 10), 2)}
"""Share of the nodes and power in kW by level."""
Level = int | None
"""3, 2 or 1; None below Level 1."""


class Coverage(StrEnum):
    """How the power of a subsystem is known."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    """As an upper bound from specifications."""
    UNKNOWN = "unknown"
    UNUSED = "unused"
    """Takes no part in the workload."""


class Location(StrEnum):
    """Where power is measured, or how the losses of conversion before it are known."""

    UPSTREAM = "upstream"
    LOSS_FROM_DATA_SHEET = "loss-from-data-sheet"
    LOSS_FROM_ONE_SUPPLY = "loss-from-one-supply"
    LOSS_MEASURED = "loss-measured"
    DOWNSTREAM = "downstream"
    """After conversion, with losses not modelled."""


LOCATIONS: Mapping[Location, Level] = {
    Location.UPSTREAM: 3,
    Location.LOSS_MEASURED: 3,
    Location.LOSS_FROM_ONE_SUPPLY: 2,
    Location.LOSS_FROM_DATA_SHEET: 1,
    Location.DOWNSTREAM: None,
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Samples and readings; times in seconds."""

    core_s: Fraction
    """Length of the core phase."""
    sample_hz: Fraction
    core_covered: bool
    reading_interval_s: Fraction
    core_readings: int
    full_run_covered: bool
    idle_measured: bool
    uncovered_s: Fraction
    """Of the core phase."""
    uncovered_each_end_s: Fraction
    is_energy: bool
    """The meters integrate energy."""


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Nodes of one kind."""

    measured: int
    total: int


@dataclass(frozen=True, slots=True)
class MachineFraction:
    """What part of the machine was measured."""

    entire: bool
    sets: Sequence[NodeSet] = ()
    """One for each kind of node."""
    kw_measured: Fraction = Fraction(0)
    nodes_per_chassis: int = 1
    chosen_at_random: bool = True


@dataclass(frozen=True, slots=True)
class Meters:
    """The meters together."""

    count: int
    error_percent: Fraction
    """Of each one."""
    identical_fractions: bool
    """All measure an equal share."""


@dataclass(frozen=True, slots=True)
class PowerLevel:
    """The level of each aspect and of the whole."""

    aspects: Mapping[str, Level]
    level: Level


def power_level(  # noqa: PLR0913 - the aspects of the methodology
    *,
    timing: Timing,
    fraction: MachineFraction,
    subsystems: Mapping[str, Coverage],
    location: Location,
    meters: Meters,
    subtracted: bool = False,
) -> PowerLevel:
    """Judge all aspects. ``subtracted``: part of a measured feed was taken off, which no level allows."""
    aspects: dict[str, Level] = {
        "timing": timing_level(timing),
        "fraction": fraction_level(fraction),
        "subsystems": None if subtracted else subsystem_level(subsystems),
        "location": LOCATIONS[location],
        "accuracy": accuracy_level(meters),
    }
    known = [level for level in aspects.values() if level is not None]
    return PowerLevel(aspects, min(known) if len(known) == len(aspects) else None)


def timing_level(t: Timing) -> Level:
    """Granularity, timespan and readings."""
    if t.core_s < CORE_S:
        return None
    whole_run = t.full_run_covered and t.idle_measured and t.core_readings >= READINGS
    gaps = t.uncovered_s <= UNCOVERED_S and t.uncovered_each_end_s <= UNCOVERED_END_S
    if whole_run and t.is_energy and gaps:
        return 3
    if not (t.sample_hz >= 1 and t.core_covered and t.reading_interval_s <= READING_SHARE * t.core_s):
        return None
    return 2 if whole_run else 1


def fraction_level(f: MachineFraction) -> Level:
    """Share of the machine; nodes count as whole chassis only."""
    if f.entire or (f.sets and all(each.measured == each.total for each in f.sets)):
        return 3
    if not f.chosen_at_random or not f.sets:
        return None
    whole = [each.measured // f.nodes_per_chassis * f.nodes_per_chassis for each in f.sets]
    for level, (share, kw) in SHARES.items():
        of_each = all(counted >= share * each.total for counted, each in zip(whole, f.sets, strict=True))
        largest = f.kw_measured >= kw and sum(whole) >= LEAST_NODES
        instead = level == 1 and f.kw_measured >= LEAST_KW_INSTEAD
        if (of_each and largest) or (instead and (len(f.sets) == 1 or of_each)):
            return level
    return None


def subsystem_level(subsystems: Mapping[str, Coverage]) -> Level:
    """Which parts are measured and which estimated."""
    used = {name: each for name, each in subsystems.items() if each is not Coverage.UNUSED}
    if used.get("compute") is not Coverage.MEASURED:
        return None
    if all(each is Coverage.MEASURED for each in used.values()):
        return 3
    known = {Coverage.MEASURED, Coverage.ESTIMATED}
    if all(each in known for each in used.values()):
        return 2
    return 1 if used.get("interconnect", Coverage.MEASURED) in known else None


def accuracy_level(meters: Meters) -> Level:
    """Error of the meters; several equal ones may be averaged for Level 2 and 3."""
    error = meters.error_percent
    averaged = meters.count > 1 and meters.identical_fractions and error <= MOST_RELAXED
    for level, most in ACCURACY.items():
        if error <= most or (level > 1 and averaged and error**2 <= meters.count * most**2):
            return level
    return None
