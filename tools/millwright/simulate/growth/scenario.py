"""What ``millwright simulate growth`` reads: a site, its power, its permits, its hardware and a target."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from millwright.core.frozen import Finding, Frozen
from millwright.simulate.quantity import Duration, Power, find_out_of_range

Month = Annotated[str, Field(pattern=r"^2[01]\d\d-(0[1-9]|1[0-2])$")]
"""Year and month; what happens in it counts from its first day."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.,-]{0,40}$")]
MOST_YEARS = 60


class Grid(Frozen):
    """Power that the grid gives at the meter, from a date on, beside what it gave before."""

    name: Name
    power: Power
    from_month: Month


class Permit(Frozen):
    """Leave to build and run a load: granted already, or so long after it was asked for."""

    name: Name
    power: Power
    """IT power that may be run with it, beside that of the other permits."""
    asked: Month
    lead: Duration | None = None
    """From asking to the permit; left out, granted at once."""


class Lot(Frozen):
    """Accelerators that are delivered together."""

    name: Name
    accelerators: int = Field(ge=1, le=10_000_000)
    power_each: Power
    """IT power of one with its share of processors, fabric and storage."""
    delivered: Month
    speed: float = Field(default=1.0, gt=0, le=1000)
    """Work of one as a multiple of the reference part's, measured and not from peaks."""


class Target(Frozen):
    """A multiple of the capacity at the start."""

    factor: float = Field(gt=1, le=100)
    within: Duration
    measured_in: Literal["power", "equivalents"] = "power"
    """IT power, or accelerators times their speed."""


class Variant(Frozen):
    """Another course of things; what is left out stays as it is."""

    name: Name
    permit_lead: Duration | None = None
    """Of every permit that has one."""
    grid_delay: Duration | None = None
    """Of every connection after the start."""
    delivery_delay: Duration | None = None
    """Of every lot after the start."""
    life: Duration | None = None
    pue: float | None = Field(default=None, ge=1, le=3)


class GrowthScenario(Frozen):
    """A site over some years."""

    format: Literal["millwright-growth-scenario/1"]
    title: str = Field(max_length=200)
    starts: Month
    years: int = Field(ge=1, le=MOST_YEARS)
    target: Target
    pue: float = Field(ge=1, le=3)
    """Power at the meter for each of IT power."""
    envelope: Power
    """Power at the meter that the site can ever take: cooling, ground, transformers."""
    grid: tuple[Grid, ...] = Field(min_length=1)
    permits: tuple[Permit, ...] = Field(min_length=1)
    lots: tuple[Lot, ...] = Field(min_length=1)
    life: Duration
    """From delivery to retirement of a lot, whether it could be switched on or not."""
    variants: tuple[Variant, ...] = ()


def month_number(month: str) -> int:
    """Months since year 0."""
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number) - 1


def find_problems(scenario: GrowthScenario) -> Iterator[Finding]:
    """What each value allows but all together don't."""
    beyond = list(find_out_of_range(scenario))
    if beyond:
        yield from beyond
        return
    start = month_number(scenario.starts)
    if not any(month_number(lot.delivered) <= start for lot in scenario.lots):
        yield Finding("MW7720", "lots", "none is there at the start", "a lot to be multiplied")
    groups = {
        "grid": [each.name for each in scenario.grid],
        "permits": [each.name for each in scenario.permits],
        "lots": [each.name for each in scenario.lots],
        "variants": [each.name for each in scenario.variants],
    }
    for key, names in groups.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Finding("MW7721", key, f"{name} is given twice", "names that differ")
    for index, variant in enumerate(scenario.variants):
        if not variant.model_dump(exclude={"name"}, exclude_none=True):
            yield Finding("MW7722", f"variants.{index}", "changes nothing", "a key that differs")
