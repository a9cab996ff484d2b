"""What slurmdbd says was used, as evidence: raw seconds of each allocation's shape, nothing converted."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from millwright.core.errors import FailedError
from millwright.results.run_info import STRICT

SCHEMA = "millwright-accounting/1"
COLUMNS = ("Account", "User", "QOS", "Partition", "ElapsedRaw", "AllocTRES")
"""What is asked of sacct, for each allocation: every run of a requeued job is one."""

Shape = tuple[str, str, str, str, str]
"""Account, user, QOS, partition and resources of an allocation."""


@dataclass(frozen=True, slots=True, order=True)
class UsageRow:
    """Seconds for which allocations of one shape were held."""

    __pydantic_config__ = STRICT
    account: str
    user: str
    access_mode: str
    """QOS of the jobs."""
    partition: str
    allocated: str
    """Trackable resources of one allocation, as Slurm writes them."""
    allocations: int
    seconds: int
    """Sum of the elapsed seconds of these allocations."""


@dataclass(frozen=True, slots=True)
class AccountingEvidence:
    """Everything that slurmdbd said of a period."""

    __pydantic_config__ = STRICT
    begin: str
    """ISO 8601, UTC; time that an allocation was held before does not count."""
    end: str
    command: tuple[str, ...] = ()
    """The question, as it was asked on the controller."""
    lines: int = 0
    """Lines of the answer."""
    sha256: str = ""
    """SHA-256 of the answer."""
    rows: tuple[UsageRow, ...] = field(default=())
    problem: str = ""
    """Why there is no answer; empty if there is one."""
    schema: str = SCHEMA


def read_usage(text: str, *, begin: str, end: str, command: tuple[str, ...]) -> AccountingEvidence:
    """Sum the lines of ``sacct --allocations --parsable2 --noheader`` with :data:`COLUMNS`.

    Raises :exc:`FailedError` for a line of another form: a usage that misses jobs would be believed.
    """
    sums: dict[Shape, tuple[int, int]] = {}
    for key, seconds in _allocations(text):
        count, total = sums.get(key, (0, 0))
        sums[key] = (count + 1, total + seconds)
    rows = tuple(sorted(UsageRow(*key, count, total) for key, (count, total) in sums.items()))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return AccountingEvidence(begin, end, command, text.count("\n"), digest, rows)


def _allocations(text: str) -> Iterator[tuple[Shape, int]]:
    """Shape and elapsed seconds of each allocation that held anything."""
    for number, line in enumerate(text.splitlines(), start=1):
        account, user, qos, partition, elapsed, allocated = _columns(line, number)
        if not elapsed.isdecimal():
            raise FailedError(
                f"line {number} of sacct's answer has no elapsed seconds: {line[:80]!r}", code="MW6041"
            )
        if allocated and int(elapsed):
            yield (account, user, qos, partition, allocated), int(elapsed)


def _columns(line: str, number: int) -> list[str]:
    columns = line.split("|")
    if len(columns) != len(COLUMNS):
        raise FailedError(
            f"line {number} of sacct's answer has {len(columns)} columns: {line[:80]!r}", code="MW6042"
        )
    return columns
