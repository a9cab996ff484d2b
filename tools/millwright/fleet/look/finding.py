"""What a look at a host found: the answer of the program, read and checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from millwright.core.json_text import load_json
from millwright.fleet.look.declared_items import Thing
from millwright.fleet.look.program import MARK

MAX_CLOCK_SKEW_S = 120.0
"""MUNGE refuses credentials beyond five minutes; the playbooks ask for two."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to look at on a host."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise than declared, by its number in the order."""

    number: int
    attribute: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class HostLook:
    """What became of the look at one host."""

    host: str
    is_reached: bool
    reason: str = ""
    """Why nothing was seen; empty if the program answered."""
    differences: tuple[Difference, ...] = ()
    untested: Mapping[int, str] = field(default_factory=dict)
    """Things that the host can't tell, with the reason."""
    sealed: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    clock_skew_s: float = 0.0
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Names that the host tells under a thing."""

    @classmethod
    def unreached(cls, host: str, reason: str) -> "HostLook":
        """A host that did not let anybody in."""
        return cls(host, is_reached=False, reason=reason)

    @property
    def is_seen(self) -> bool:
        """Whether the program answered."""
        return self.is_reached and not self.reason


def read_answer(host: str, output: str, complaint: str, between_s: tuple[float, float]) -> HostLook:
    """Read what the program printed; whatever a login shell printed around it does not count.

    ``complaint`` is why there may be no answer; ``between_s`` is when the host was asked and when it
    had answered, in seconds since the epoch by this machine's clock.
    """
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if len(lines) != 1:
        return HostLook(host, is_reached=True, reason=complaint)
    try:
        found = load_json(lines[0][len(MARK) :])
        return HostLook(
            host,
            is_reached=True,
            differences=tuple(
                Difference(int(number), str(attribute), _text(wanted), _text(is_now))
                for number, attribute, wanted, is_now in found["differs"]
            ),
            untested={int(number): str(reason) for number, reason in found["untested"]},
            sealed={int(number): dict(values) for number, values in found["sealed"].items()},
            names={int(number): tuple(map(str, names)) for number, names in found["names"].items()},
            clock_skew_s=_skew(float(found["clock_s"]), *between_s),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return HostLook(host, is_reached=True, reason=f"its answer can't be read: {error}")


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _skew(clock_s: float, begun_s: float, ended_s: float) -> float:
    """How far a clock is off at least, in seconds; 0 if it lies between question and answer."""
    return max(begun_s - clock_s, clock_s - ended_s, 0.0)
