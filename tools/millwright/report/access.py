"""The usage of the machine's time as the report states it."""

from dataclasses import dataclass

from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import AccessUsage, Usage

EVIDENCE = "accounting.json"
"""File of the run folder that holds what slurmdbd said."""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """What an antenna's accounts were granted, used and have left in one access mode."""

    antenna: str
    """Empty where the accounts belong to no antenna."""
    access_mode: str
    unit: str
    hardware: str
    """Node class that the hours are of: hours of two node classes are two things."""
    accounts: int
    granted: float | None
    """None if not all of it was granted."""
    used: float
    left: float | None
    """None if it is not known."""
    small_share: float | None
    """Share of SMEs and start-ups in what was used, 0 to 1; None if nothing was used."""
    used_in_reference: float | None = None
    """What was used in the facility's reference unit; None if it can't be converted."""


@dataclass(frozen=True, slots=True)
class UnionRow:
    """The Union's part of one kind of hour, or of all in the reference unit."""

    unit: str
    used: float
    of_used: float | None
    """Share in what was used, 0 to 1; None if nothing was used."""
    of_existing: float
    """Share in the hours that the machine's nodes had in the period."""
    declared: float
    ceiling: float
    is_above_ceiling: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Who used how much of the machine's time, from slurmdbd."""

    begin: str
    end: str
    rows: tuple[AccessRow, ...]
    union: tuple[UnionRow, ...]
    not_added: str
    """Why the kinds of hour have no common sum; empty if they have one, or there is one kind."""
    unknown: tuple[str, ...]
    """Time that enters no figure, and why."""
    problem: str
    """Why slurmdbd was not heard; empty if it was."""
    evidence: tuple[str, ...]
    reference_unit: str = ""
    """Unit into which hours of several kinds are converted; empty if the facility declares none."""


def describe_access(usage: Usage) -> Access:
    """Everything that the section on access says."""
    return Access(
        begin=usage.begin,
        end=usage.end,
        rows=tuple(_row(row) for row in usage.access),
        union=tuple(_union(part) for part in usage.union) if not usage.problem else (),
        reference_unit=usage.reference_unit,
        not_added=usage.not_added,
        unknown=tuple(
            f"{row.seconds} s of account {row.account} on partition {row.partition}: not in the facility file"
            for row in usage.unknown
        ),
        problem=usage.problem,
        evidence=(EVIDENCE,),
    )


def _row(row: AccessUsage) -> AccessRow:
    return AccessRow(
        antenna=row.antenna,
        access_mode=row.access_mode,
        unit=row.meter.unit,
        hardware=row.meter.hardware,
        accounts=row.accounts,
        granted=row.granted,
        used=row.used,
        left=row.left,
        small_share=row.small_share,
        used_in_reference=row.used_in_reference,
    )


def _union(part: UnionUsage) -> UnionRow:
    return UnionRow(
        unit=part.unit,
        used=part.used,
        of_used=part.of_used,
        of_existing=part.of_existing,
        declared=part.declared,
        ceiling=part.ceiling,
        is_above_ceiling=part.is_above_ceiling,
    )
