"""The usage of the machine's time as the report states it."""

from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import AccessUsage, Usage
from millwright.report.content import Access, AccessRow, UnionRow

EVIDENCE = "accounting.json"
"""File of the run folder that holds what slurmdbd said."""


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
