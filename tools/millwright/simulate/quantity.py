"""Values of a scenario: number, unit, source and how the value is known."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from millwright.core.frozen import Finding, Frozen


class Known(StrEnum):
    """How a value of a scenario is known, the strongest first."""

    READ = "read"
    SECONDARY = "secondary"
    DERIVED = "derived"
    MEMORY = "memory"
    ASSUMED = "assumed"


def weakest(kinds: "list[Known]") -> Known:
    """How a value made from others is known: as the weakest of them is; ``read`` of none."""
    order = list(Known)
    return max(kinds, key=order.index, default=Known.READ)


class Quantity(Frozen):
    """One value; the unit is never left out."""

    value: float = Field(gt=0)
    unit: str
    source: str = Field(min_length=1)
    """Where it is from, or why it is assumed."""
    kind: Known
    date: str | None = None
    """When the source said so."""


MIN: Final = 60.0
H: Final = 3600.0
D: Final = 24 * H
YEAR: Final = 365.25 * D

TIME: Final = {"s": 1.0, "min": MIN, "h": H, "d": D, "week": 7 * D, "month": YEAR / 12, "year": YEAR}
"""Seconds of a unit."""
DATA: Final = {
    **{"GB": 1e9, "TB": 1e12, "PB": 1e15},
    **{"GiB": 2.0**30, "TiB": 2.0**40, "PiB": 2.0**50},
}
"""Bytes of a unit."""
BANDWIDTH: Final = {"GB/s": 1e9, "TB/s": 1e12, "GiB/s": 2.0**30, "TiB/s": 2.0**40, "Gbit/s": 1e9 / 8}
"""Bytes in a second of a unit."""
POWER: Final = {"kW": 1e3, "MW": 1e6, "GW": 1e9}
"""Watts of a unit."""
FAILURES: Final = {
    "1/accelerator-h": ("accelerator", H, 1),
    "1/accelerator-d": ("accelerator", D, 1),
    "1/node-h": ("node", H, 1),
    "1/node-d": ("node", D, 1),
    "1/1000-node-d": ("node", 1000 * D, 1),
    "1/h": ("machine", H, 1),
    "1/d": ("machine", D, 1),
    "accelerator-h": ("accelerator", H, -1),
    "node-h": ("node", H, -1),
    "node-d": ("node", D, -1),
    "h": ("machine", H, -1),
    "min": ("machine", MIN, -1),
    "s": ("machine", 1.0, -1),
    "d": ("machine", D, -1),
}
"""Of what a rate (1) or a mean time between failures (-1) is given, and the seconds of its time."""
PER_H: Final = {"1/s": 1 / 1.0, "1/h": 1 / H, "1/d": 1 / D}
"""Events in a second of a unit."""


def _of(units: "dict[str, float] | dict[str, tuple[str, float, int]]") -> AfterValidator:
    def check(given: Quantity) -> Quantity:
        if given.unit not in units:
            raise ValueError(f"the unit {given.unit[:40]!r} is none of {', '.join(units)}")
        return given

    return AfterValidator(check)


Duration = Annotated[Quantity, _of(TIME)]
Amount = Annotated[Quantity, _of(DATA)]
Bandwidth = Annotated[Quantity, _of(BANDWIDTH)]
Power = Annotated[Quantity, _of(POWER)]
FailureRate = Annotated[Quantity, _of(FAILURES)]
EventRate = Annotated[Quantity, _of(PER_H)]


def seconds(given: Quantity) -> float:
    """A duration in seconds."""
    return given.value * TIME[given.unit]


def mean_time_s(given: Quantity, *, accelerators: int, nodes: int) -> float:
    """Mean time between failures of a machine of so many parts, in seconds."""
    of, time, power = FAILURES[given.unit]
    parts = {"accelerator": accelerators, "node": nodes, "machine": 1}[of]
    return time * (1 / given.value if power == 1 else given.value) / parts


def kinds_in(model: Frozen) -> list[Known]:
    """How each quantity of a model is known."""
    return [each.kind for _, each in quantities_in(model)]


def quantities_in(model: Frozen, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Quantity]]:
    """Each quantity of a model with its dotted key."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        parts = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for place, each in parts:
            key = (*above, name) if place is None else (*above, name, str(place))
            if isinstance(each, Quantity):
                yield ".".join(key), each
            elif isinstance(each, Frozen):
                yield from quantities_in(each, key)


LEAST, MOST = 1e-9, 1e12
LEAST_S, MOST_S = 1e-3, 100 * YEAR


def find_out_of_range(model: Frozen) -> Iterator[Finding]:
    """Values with which no machine was ever described, and of which only nonsense could follow."""
    for key, each in quantities_in(model):
        if each.unit in TIME and not LEAST_S <= each.value * TIME[each.unit] <= MOST_S:
            yield Finding("MW7588", key, f"{each.value:g} {each.unit}", "1 ms to 100 years")
        elif not LEAST <= each.value <= MOST:
            yield Finding("MW7588", key, f"{each.value:g} {each.unit}", f"{LEAST:g} to {MOST:g}")
