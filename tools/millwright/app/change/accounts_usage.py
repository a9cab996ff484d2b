"""``millwright accounts usage``: hours granted, used and left, and the Union's part."""

import datetime
from typing import Literal

from millwright.adapters.slurm.usage import ask_usage, usage_period
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.capacity.account_usage import AccountUsage
from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import AccessUsage, Usage, sum_usage
from millwright.capacity.usage_export import chosen_period, usage_csv
from millwright.core.errors import ExitCode
from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.facility.meters import Meter
from millwright.results.accounting import UsageRow


class HourKind(Part):
    """One kind of hour: a unit on one kind of hardware."""

    unit: str
    hardware: str
    """Node class; the partition if it states none."""
    units_per_node_hour: float

    def __str__(self) -> str:
        return f"{self.unit} on {self.hardware}"


class AccountHours(Part):
    """Hours of one account, of one kind."""

    account: str
    antennas: tuple[str, ...]
    access_mode: str
    share: str
    """Share of the machine's time; empty if the account is no grant."""
    kind: str
    member_state: str
    meter: HourKind
    granted: float | None
    """Null if nothing of this kind was granted."""
    used: float
    left: float | None
    """Null if nothing was granted, or the period begins after the grant's first day."""


class AccessHours(Part):
    """Hours of an antenna's accounts in one access mode, of one kind."""

    antenna: str
    """Several if they share accounts; empty if the accounts belong to none."""
    access_mode: str
    meter: HourKind
    accounts: int
    granted: float | None
    used: float
    left: float | None
    small_used: float
    """Used by SMEs and start-ups."""
    used_in_reference: float | None
    """``used`` in the facility's reference unit; null if it cannot be converted."""
    small_share: float | None
    """Share of SMEs and start-ups in what was used, 0 to 1; null if nothing was used."""


class UnionHours(Part):
    """The Union's part of one kind of hour, or of all in the reference unit."""

    unit: str
    used: float
    used_by_all: float
    existing: float
    """Hours that the machine's nodes had in the period, working or not."""
    declared: float
    """The Union's share as the facility declares it, 0 to 1."""
    ceiling: float
    """The most that the law allows, 0 to 1."""
    of_used: float | None
    """Share in what was used, 0 to 1; null if nothing was used."""
    of_existing: float
    """Share in the machine's time, 0 to 1; the ceiling bounds this."""
    is_above_ceiling: bool


class UnknownUse(Part):
    """Time on an unknown partition, or with an amount that is no number; it counts nowhere."""

    account: str
    user: str
    access_mode: str
    partition: str
    allocated: str
    """Trackable resources of one allocation, as Slurm writes them."""
    allocations: int
    seconds: int


class UsageReport(Document):
    """Hours granted, used and left in a period."""

    format: Literal["millwright-accounts-usage/1"] = "millwright-accounts-usage/1"
    facility: str
    exit_code: int
    begin: str
    """ISO 8601, UTC."""
    end: str
    accounts: tuple[AccountHours, ...]
    access: tuple[AccessHours, ...]
    union: tuple[UnionHours, ...]
    reference_unit: str
    """Unit into which hours are converted; empty if the facility declares none."""
    not_added: str
    """Why there is no sum over all kinds of hour; empty if there is one, or only one kind."""
    unknown: tuple[UnknownUse, ...]


def accounts_usage(
    context: Context,
    facility: str,
    begin: datetime.datetime | None = None,
    end: datetime.datetime | None = None,
) -> tuple[UsageReport, str]:
    """The usage from the first to the last day, by default since the oldest open grant; also as CSV.

    The exit code is 1 if the Union used more than the law allows. Raises :exc:`BadInputError` for an empty
    period, :exc:`NotTestableError` if slurmdbd does not answer.
    """
    described = load_facility(facility_file(facility))
    period = chosen_period(usage_period(described, context.now()), begin, end)
    context.progress.step("accounts", "asking slurmdbd")
    usage = sum_usage(described, ask_usage(described, *period))
    return usage_report(usage, described.name), usage_csv(usage)


def usage_report(usage: Usage, facility: str) -> UsageReport:
    """The document of a usage."""
    exceeds = any(part.is_above_ceiling for part in usage.union)
    return UsageReport(
        facility=facility,
        exit_code=int(ExitCode.FAIL if exceeds else ExitCode.OK),
        begin=usage.begin,
        end=usage.end,
        accounts=tuple(_account(row) for row in usage.accounts),
        access=tuple(_access(row) for row in usage.access),
        union=tuple(_union(part) for part in usage.union),
        reference_unit=usage.reference_unit,
        not_added=usage.not_added,
        unknown=tuple(_unknown(row) for row in usage.unknown),
    )


def _meter(meter: Meter) -> HourKind:
    return HourKind(unit=meter.unit, hardware=meter.hardware, units_per_node_hour=meter.units_per_node_hour)


def _account(row: AccountUsage) -> AccountHours:
    return AccountHours(
        account=row.account,
        antennas=row.antennas,
        access_mode=row.access_mode,
        share=row.share,
        kind=row.kind,
        member_state=row.member_state,
        meter=_meter(row.meter),
        granted=row.granted,
        used=row.used,
        left=row.left,
    )


def _access(row: AccessUsage) -> AccessHours:
    return AccessHours(
        antenna=row.antenna,
        access_mode=row.access_mode,
        meter=_meter(row.meter),
        accounts=row.accounts,
        granted=row.granted,
        used=row.used,
        left=row.left,
        small_used=row.small_used,
        used_in_reference=row.used_in_reference,
        small_share=row.small_share,
    )


def _union(part: UnionUsage) -> UnionHours:
    return UnionHours(
        unit=part.unit,
        used=part.used,
        used_by_all=part.used_by_all,
        existing=part.existing,
        declared=part.declared,
        ceiling=part.ceiling,
        of_used=part.of_used,
        of_existing=part.of_existing,
        is_above_ceiling=part.is_above_ceiling,
    )


def _unknown(row: UsageRow) -> UnknownUse:
    return UnknownUse(
        account=row.account,
        user=row.user,
        access_mode=row.access_mode,
        partition=row.partition,
        allocated=row.allocated,
        allocations=row.allocations,
        seconds=row.seconds,
    )
