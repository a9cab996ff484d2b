"""Lines of ``Key=value`` as ``scontrol --oneliner`` prints them, whose free text never becomes a key."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PAIR = re.compile(r"(?:^|\s)([A-Za-z_]\w*)=((?:(?!\s[A-Za-z_]\w*=).)*)", re.ASCII)
FREE = frozenset({"Reason", "Comment", "Extra", "AdminComment", "SystemComment"})
"""Keys whose value is whatever somebody typed; Slurm prints them after everything that it counts."""
AFTER = frozenset({"ReservationName", "InstanceId", "InstanceType"})
"""Keys that Slurm prints behind free texts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its keys in order, and its free texts."""

    values: Mapping[str, str]
    free: Mapping[str, str]

    def get(self, key: str) -> str:
        """A value without what stands for nothing; empty if there is none."""
        value = self.values.get(key, "")
        return "" if value in {"(null)", "N/A"} else value


def read_lines(text: str, first: str) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Records that begin with the key ``first``, and lines that are none.

    A record named ``DEFAULT`` holds the defaults of those after it, as in slurm.conf.
    """
    found, other = [], []
    defaults: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith(f"{first}="):
            other.append(line.strip())
            continue
        record = read_line(line)
        if record.values[first].upper() == "DEFAULT":
            defaults |= {key: value for key, value in record.values.items() if key != first}
            continue
        found.append(Line({**defaults, **record.values}, record.free))
    return tuple(found), tuple(other)


def read_line(line: str) -> Line:
    """One record; after the first free text, only what Slurm itself prints there is a key."""
    pairs = [(match[1], match[2].strip()) for match in PAIR.finditer(line)]
    border = next((index for index, (key, _) in enumerate(pairs) if key in FREE), len(pairs))
    values: dict[str, str] = {}
    for key, value in pairs[:border]:
        values.setdefault(key, value)
    if border == len(pairs):
        return Line(values, {})
    rest = dict(_after(line))
    values |= {key: value for key, value in rest.items() if key in AFTER}
    return Line(values, {key: value for key, value in rest.items() if key in FREE})


def _after(line: str) -> Iterator[tuple[str, str]]:
    """Free texts and what follows them, each up to the next such key."""
    marks = [match for match in re.finditer(r"(?:^|\s)(\w+)=", line) if match[1] in FREE | AFTER]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        yield mark[1], line[mark.end() : following.start() if following else len(line)].strip()
