"""Hours granted, used and left: by account, by antenna and access mode, and the Union's part."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from millwright.capacity.account_usage import AccountUsage, charge_all, list_accounts
from millwright.capacity.union_usage import UnionUsage, union_usage
from millwright.facility import Facility
from millwright.facility.meters import Meter, reference_factor
from millwright.results.accounting import AccountingEvidence, UsageRow

SMALL = frozenset({"sme", "start-up"})


@dataclass(frozen=True, slots=True)
class AccessUsage:
    """What an antenna's accounts used in one access mode, of one kind of hour."""

    antenna: str
    """Several where they share accounts; empty if the accounts belong to none."""
    access_mode: str
    meter: Meter
    accounts: int
    granted: float | None
    used: float
    left: float | None
    small_used: float
    """Used by SMEs and start-ups."""
    used_in_reference: float | None
    """The same in the facility's reference unit; None if it has none, or no speed factor for this hour."""

    @property
    def small_share(self) -> float | None:
        """Share of SMEs and start-ups in what was used, 0 to 1; None if nothing was used."""
        return self.small_used / self.used if self.used else None


@dataclass(frozen=True, slots=True)
class Usage:
    """All that is known of a period."""

    begin: str
    end: str
    accounts: tuple[AccountUsage, ...]
    access: tuple[AccessUsage, ...]
    union: tuple[UnionUsage, ...]
    reference_unit: str
    """Unit into which hours are converted; empty if the facility declares none."""
    not_added: str
    """Why there is no sum over all kinds of hour; empty if there is one, or one kind only."""
    unknown: tuple[UsageRow, ...]
    """Time on partitions that the facility does not have, or with amounts that are no numbers."""
    problem: str
    """Why slurmdbd was not heard; empty if it was."""


def sum_usage(facility: Facility, evidence: AccountingEvidence) -> Usage:
    """Judge what slurmdbd said by what the facility declares."""
    used, unknown = charge_all(facility, evidence.rows)
    accounts = tuple(list_accounts(facility, used, datetime.datetime.fromisoformat(evidence.begin)))
    union, not_added = union_usage(facility, accounts, evidence)
    return Usage(
        evidence.begin,
        evidence.end,
        accounts,
        tuple(_access(facility, accounts)),
        union,
        _reference_unit(facility),
        not_added,
        unknown,
        evidence.problem,
    )


def _reference_unit(facility: Facility) -> str:
    time = facility.access_time
    return time.reference_unit or "" if time else ""


def _access(facility: Facility, accounts: Iterable[AccountUsage]) -> Iterator[AccessUsage]:
    groups: dict[tuple[str, str, Meter], list[AccountUsage]] = {}
    for account in accounts:
        key = (", ".join(account.antennas), account.access_mode, account.meter)
        groups.setdefault(key, []).append(account)
    is_converted = bool(_reference_unit(facility))
    for (antenna, mode, meter), members in groups.items():
        used = sum(member.used for member in members)
        factor = reference_factor(facility, meter) if is_converted else None
        yield AccessUsage(
            antenna,
            mode,
            meter,
            len(members),
            _sum_known(member.granted for member in members),
            used,
            _sum_known(member.left for member in members),
            sum(member.used for member in members if member.kind in SMALL),
            None if factor is None else used * factor,
        )


def _sum_known(values: Iterable[float | None]) -> float | None:
    """The sum; None if any is not known, since a sum of the rest would pass for all."""
    known = tuple(values)
    return None if any(value is None for value in known) else sum(value or 0.0 for value in known)
