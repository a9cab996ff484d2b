"""Units with exact conversion: SI and binary prefixes (IEC 80000-13), rates, energy, accelerator-hours.

A unit is a product of names: ``GB/s``, ``MW*h``, ``GFLOP/s per W``. Factors are rational, so nothing is
rounded before the end. Different dimensions are refused.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from millwright.core.errors import BadInputError, Problem

Dimension = tuple[tuple[str, int], ...]

DECIMAL = {name: Fraction(10) ** power for name, power in zip("kMGTPE", range(3, 19, 3), strict=True)}
SMALL = {"m": Fraction(1, 10**3), "u": Fraction(1, 10**6), "µ": Fraction(1, 10**6), "n": Fraction(1, 10**9)}
BINARY = {f"{name}i": Fraction(1024) ** power for power, name in enumerate(["K", *"MGTPE"], start=1)}

DATA, WORK, TIME, VOLUME, MONEY = "byte", "flop", "s", "m3", "EUR"
MASS = "kg"
JOULE = ((MASS, 1), ("m", 2), (TIME, -2))
WATT = ((MASS, 1), ("m", 2), (TIME, -3))
GBIT_S = Fraction(10**9, 8)

BASE: Mapping[str, tuple[Fraction, Dimension]] = {
    "B": (Fraction(1), ((DATA, 1),)),
    "bit": (Fraction(1, 8), ((DATA, 1),)),
    "FLOP": (Fraction(1), ((WORK, 1),)),
    "s": (Fraction(1), ((TIME, 1),)),
    "min": (Fraction(60), ((TIME, 1),)),
    "h": (Fraction(3600), ((TIME, 1),)),
    "d": (Fraction(86400), ((TIME, 1),)),
    "W": (Fraction(1), WATT),
    "J": (Fraction(1), JOULE),
    "Wh": (Fraction(3600), JOULE),
    "l": (Fraction(1, 1000), ((VOLUME, 1),)),
    "m3": (Fraction(1), ((VOLUME, 1),)),
    "g": (Fraction(1, 1000), ((MASS, 1),)),
    "t": (Fraction(1000), ((MASS, 1),)),
    "EUR": (Fraction(1), ((MONEY, 1),)),
    "token": (Fraction(1), (("token", 1),)),
    "tokens": (Fraction(1), (("token", 1),)),
    "1": (Fraction(1), ()),
    "%": (Fraction(1, 100), ()),
} | {
    name: (rate * GBIT_S, ((DATA, 1), (TIME, -1)))
    for name, rate in {"EDR": 100, "HDR100": 100, "HDR": 200, "NDR200": 200, "NDR": 400, "XDR": 800}.items()
}
"""Names without a prefix: factor to the base units and dimension. Link rates are those of one direction."""
WITH_PREFIX = ("B", "bit", "FLOP", "W", "J", "Wh", "s", "g", "EUR")


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed unit."""

    factor: Fraction
    """Base units in one of it."""
    dimension: Dimension


def parse_unit(text: str) -> Unit:
    """Read a unit; raises :exc:`BadInputError` for a name that is not known."""
    factor, powers = Fraction(1), dict[str, int]()
    sign = 1
    for part in re.findall(r" per |[*/]|[^*/\s]+", text.strip()) or [text]:
        if part in {"/", " per "}:
            sign = -1
        elif part == "*":
            sign = 1
        else:
            one, dimension = _lookup(part, text)
            factor *= one**sign
            for name, power in dimension:
                powers[name] = powers.get(name, 0) + sign * power
    return Unit(factor, tuple(sorted((name, power) for name, power in powers.items() if power)))


def convert(value: float | str | Fraction, unit: str, to: str) -> Fraction:
    """A value in another unit, exactly; a float is taken as the decimal number that it prints as.

    Raises :exc:`BadInputError` for an unknown unit, for units of different dimension and for a value that is
    no finite number.

    >>> float(convert(400, "GiB", "GB")), float(convert(15.8 * 720, "MW*h", "GWh"))
    (429.4967296, 11.376)
    """
    problems = [*_unknown(unit), *_unknown(to)]
    exact: Fraction | None = None
    try:
        exact = value if isinstance(value, Fraction) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        expected = "a finite number"
        problems.append(Problem("value", "-", f"{value} is not a number", expected, code="MW7550"))
    if problems or exact is None:
        raise BadInputError(problems)
    source, target = parse_unit(unit), parse_unit(to)
    if source.dimension != target.dimension:
        problem = f"{unit} can't be converted to {to}"
        raise BadInputError([Problem("unit", "-", problem, "units of one dimension", code="MW7551")])
    return exact * source.factor / target.factor


def _unknown(unit: str) -> Iterator[Problem]:
    try:
        parse_unit(unit)
    except BadInputError as error:
        yield from error.problems


def _lookup(token: str, text: str) -> tuple[Fraction, Dimension]:
    if token in BASE:
        return BASE[token]
    for prefix, factor in (DECIMAL | SMALL | BINARY).items():
        name = token.removeprefix(prefix)
        if name != token and name in WITH_PREFIX and (prefix not in BINARY or name in {"B", "bit"}):
            return BASE[name][0] * factor, BASE[name][1]
    expected = "a unit such as GB/s, kWh or TFLOP/s"
    raise BadInputError([Problem("unit", text, f"unknown unit {token!r}", expected, code="MW7552")])


@dataclass(frozen=True, slots=True)
class NodeHours:
    """What one hour of a node is worth in other kinds of hour."""

    accelerators: int
    """Accelerators (modules) of a node, of which each is a GPU-hour."""
    dies: int = 1
    """Dies of one accelerator that jobs see as devices (a GCD-hour, of an MI250X: 2)."""
    cores: int = 0
    """Processor cores that are charged with one accelerator."""


def convert_hours(value: float | Fraction, kind: str, to: str, node: NodeHours) -> Fraction:
    """Node-hours, GPU-hours, GCD-hours and core-hours into one another, exactly.

    Raises :exc:`BadInputError` for an unknown kind, and for one that the node does not have.

    >>> float(convert_hours(10_000, "GCD-hour", "GPU-hour", NodeHours(4, dies=2)))
    5000.0
    """
    kinds = {
        "node-hour": Fraction(1),
        "GPU-hour": Fraction(node.accelerators),
        "GCD-hour": Fraction(node.accelerators * node.dies),
        "core-hour": Fraction(node.accelerators * node.cores),
    }
    wrong = [name for name in (kind, to) if not kinds.get(name)]
    if wrong:
        known = f"one of {', '.join(name for name, worth in kinds.items() if worth)}"
        raise BadInputError(
            Problem("unit", name, f"the node has no {name}", known, code="MW7553") for name in wrong
        )
    return Fraction(str(value)) * kinds[to] / kinds[kind]
