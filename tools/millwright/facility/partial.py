"""What is left of a facility file without its wrong values, so that one round finds the other problems too.

A value that is wrong by itself is taken out, with whatever can't be without it; the rules then look at the
rest. A rule that misses something says nothing if that something may be what was taken out.
"""

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from millwright.core.errors import Problem
from millwright.facility.model import Facility

Path = tuple[str | int, ...]


class Gone(NamedTuple):
    """A value that was taken out."""

    path: Path
    is_unknown_key: bool
    """It may have been meant for any other key beside it."""


PLACEHOLDERS: Mapping[str, object] = {
    "plugin": "facility",
    "name": "unnamed",
    "title": "-",
    "kind": "physical",
    "partitions": {},
}
"""What stands for a key of the top level that a facility can't be without."""
MOST_ROUNDS = 50
BY_WHAT_IS_MISSED: Mapping[str, tuple[str, ...]] = {
    "MW1018": ("partitions", "services", "antennas", "storage"),
    "MW1107": ("addresses",),
    "MW1201": ("partitions",),
    "MW1203": ("node_classes",),
    "MW1211": ("partitions", "services", "antennas"),
    "MW1213": ("switches",),
    "MW1214": ("partitions",),
    "MW1216": ("switches", "partitions"),
    "MW1217": ("switches",),
    "MW1231": ("racks", "switches"),
    "MW1232": ("partitions",),
    "MW1243": ("addresses",),
    "MW1245": ("racks",),
    "MW1301": ("services",),
    "MW1311": ("services", "partitions"),
    "MW1401": ("storage",),
    "MW1402": ("storage",),
    "MW1403": ("storage",),
    "MW1501": ("services", "name"),
    "MW1503": ("antennas",),
    "MW1522": ("queues",),
    "MW1523": ("partitions",),
    "MW1524": ("partitions",),
    "MW1525": ("queues", "partitions"),
    "MW1526": ("queues", "partitions"),
    "MW1527": ("queues", "partitions"),
    "MW1532": ("blocks",),
    "MW1533": ("partitions",),
    "MW1535": ("block_sizes",),
    "MW1603": ("access_time",),
    "MW1604": ("node_classes",),
    "MW1606": ("access_modes",),
    "MW1608": ("access_time",),
    "MW1610": ("access_time",),
    "MW1612": ("antennas",),
    "MW1617": ("partitions",),
    "MW1618": ("partitions", "accounts"),
    "MW1619": ("partitions",),
    "MW1620": ("partitions",),
}
"""Codes that say that something is not there, with the sections in which it would be."""
NAMES_THINGS = frozenset(
    {"nodes", "node_class", "scheduler", "users", "switches", "partitions", "gateway", "server", "unit"}
    | {"login", "harness", "controller", "database", "target", "charged_as", "accelerators"}
)
"""Keys below an entry that other sections refer to or depend on."""


def keep_what_is_right(data: Mapping[str, object]) -> tuple[Facility | None, tuple[Gone, ...]]:
    """A facility of the values that are right by themselves, if there is any, and what was taken out."""
    rest = copy.deepcopy(dict(data))
    gone: list[Gone] = []
    for _ in range(MOST_ROUNDS):
        try:
            return Facility.model_validate(rest), tuple(gone)
        except ValidationError as error:
            wrong = {
                _place(each["loc"], each["type"]): each["type"] == "extra_forbidden"
                for each in error.errors(include_url=False)
            }
            for path in sorted(wrong, key=_behind_first):
                gone.append(Gone(_take_out(rest, path), wrong[path]))
    return None, tuple(gone)


def _behind_first(path: Path) -> tuple[tuple[int, str], ...]:
    """Later elements of a list before earlier ones, whose numbers then stay right."""
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in path)


def _place(loc: Sequence[str | int], kind: str) -> Path:
    path = tuple(part for part in loc if part != "[key]")
    return path[:-1] if kind == "missing" and len(path) > 1 else path


def _take_out(data: dict[str, object], path: Path) -> Path:
    """Delete the deepest value of a path that is there; a needed key of the top level gets another value."""
    if len(path) <= 1 or path[0] not in data:
        _replace(data, str(path[0]) if path else "")
        return path[:1]
    place: Any = data
    way: list[tuple[Any, str | int]] = []
    for part in path:
        is_list = isinstance(place, list) and isinstance(part, int) and part < len(place)
        if not is_list and not (isinstance(place, dict) and part in place):
            break
        way.append((place, part))
        place = place[part]
    holder, last = way[-1]
    if len(way) == 1:
        _replace(data, str(last))
    else:
        del holder[last]
    return path[: len(way)]


def _replace(data: dict[str, object], key: str) -> None:
    data.pop(key, None)
    if key in PLACEHOLDERS:
        data[key] = PLACEHOLDERS[key]


def not_by_what_is_gone(problems: Iterable[Problem], gone: Collection[Gone]) -> list[Problem]:
    """Problems that are there whatever the values that were taken out may become."""
    return [problem for problem in problems if not any(_may_come_from(problem, each) for each in gone)]


def _may_come_from(problem: Problem, gone: Gone) -> bool:
    path = gone.path
    text = ".".join(map(str, path))
    if problem.key == text or problem.key.startswith(f"{text}."):
        return True
    if problem.code not in BY_WHAT_IS_MISSED or str(path[0]) not in BY_WHAT_IS_MISSED[problem.code]:
        return False
    return len(path) <= 2 or gone.is_unknown_key or not NAMES_THINGS.isdisjoint(map(str, path[2:]))
