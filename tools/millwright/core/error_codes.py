"""Codes of errors: the entries of ``error_codes.toml`` and the page made from them."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("error_codes.toml")

ROOMS = {
    "MW1": "Facility file",
    "MW2": "Arguments and options",
    "MW3": "Ansible, pyinfra, ReFrame, Slurm, OpenSSH and other programs",
    "MW4": "Antennas",
    "MW5": "Fleet",
    "MW6": "Results, verdicts and report",
    "MW7": "Rack, images, tenders and costs",
    "MW8": "Discovery, simulation and reference facilities",
    "MW9": "Everything else",
}
"""Titles by the beginning of the codes."""

INTRODUCTION = """\
# Error codes

Every error ends with a code that stays the same when its text is improved. `millwright explain MW1203` prints
the same as this page. Each example is one line as it is printed; names and numbers differ. `make schema`
writes it.
"""


@dataclass(frozen=True, slots=True, order=True)
class ErrorCode:
    """One kind of error."""

    code: str
    title: str
    example: str
    """A line as it is printed."""
    action: str
    """What to do about it."""


@cache
def error_codes() -> dict[str, ErrorCode]:
    """Every entry by its code, in order."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: ErrorCode(code, **entry) for code, entry in sorted(entries.items())}


def codes_as_markdown(codes: Iterable[ErrorCode]) -> str:
    """The reference page."""
    return "\n".join(_lines(codes)) + "\n"


def _lines(codes: Iterable[ErrorCode]) -> Iterator[str]:
    yield INTRODUCTION.rstrip("\n")
    room = ""
    for each in codes:
        if (found := each.code[:3]) != room:
            room = found
            yield from ("", f"## {room}xxx: {ROOMS[room]}")
        yield from ("", f"### {each.code}: {each.title}", "", "```text", each.example, "```", "", each.action)
