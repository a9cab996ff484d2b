"""Whether values are too far apart from each other for one of them to be judged by the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Group:
    """Names whose values are close together, the smallest value first."""

    names: tuple[str, ...]
    low: float
    high: float


def are_spread(values: Mapping[str, float], threshold: float) -> bool:
    """Whether the middle half of the values is wider than a share ``threshold`` of their median.

    A quarter of the values at each end does not count: single outliers spread nothing.
    """
    ordered = sorted(values.values())
    if not ordered:
        return False
    cut = len(ordered) // 4
    middle = ordered[cut : len(ordered) - cut]
    return middle[-1] - middle[0] > threshold * abs(median(ordered))


def find_groups(values: Mapping[str, float], threshold: float) -> tuple[Group, ...]:
    """Values in groups: between two of them is a gap wider than a share ``threshold`` of the median.

    >>> [(g.names, g.low) for g in find_groups({"a": 50.0, "b": 100.0, "c": 101.0}, 0.05)]
    [(('a',), 50.0), (('b', 'c'), 100.0)]
    """
    gap = threshold * abs(median(values.values())) if values else 0.0
    groups: list[list[tuple[float, str]]] = []
    for value, name in sorted((value, name) for name, value in values.items()):
        if groups and value - groups[-1][-1][0] <= gap:
            groups[-1].append((value, name))
        else:
            groups.append([(value, name)])
    return tuple(Group(tuple(name for _, name in each), each[0][0], each[-1][0]) for each in groups)
