"""What each account was granted, used and has left, of each kind of hour."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from millwright.capacity.charges import charge
from millwright.facility import Facility
from millwright.facility.meters import Meter, meter_of, meter_of_queue
from millwright.facility.topics.access import Account
from millwright.results.accounting import UsageRow

Charged = dict[tuple[str, str, Meter], float]
"""Units by account, access mode and meter."""
NOT_GRANTED = ""
"""Share and kind of what an account used that is no grant."""


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """What one account used of one kind of hour."""

    account: str
    antennas: tuple[str, ...]
    access_mode: str
    share: str
    """Share of the machine's time; empty if the account is no grant."""
    kind: str
    member_state: str
    meter: Meter
    granted: float | None
    """None if nothing of this kind was granted."""
    used: float
    left: float | None
    """None if nothing was granted, or the period does not go back to the grant's first day."""


def charge_all(facility: Facility, rows: Iterable[UsageRow]) -> tuple[Charged, tuple[UsageRow, ...]]:
    """Units by account, access mode and meter, and the rows that can't be charged."""
    used: Charged = {}
    unknown = []
    for row in rows:
        cost, meter = charge(facility, row), meter_of_queue(facility, row.partition)
        if cost is None or meter is None:
            unknown.append(row)
        else:
            key = (row.account, row.access_mode, meter)
            used[key] = used.get(key, 0.0) + cost
    return used, tuple(unknown)


def list_accounts(facility: Facility, used: Charged, begin: datetime.datetime) -> Iterator[AccountUsage]:
    """Every grant, used or not, then what was used beside the grants."""
    antennas = antennas_of(facility)
    rest = dict(used)
    for name, account in facility.accounts.items():
        meter = meter_of(facility, account)
        spent = rest.pop((name, account.access_mode, meter), 0.0)
        first = datetime.datetime.combine(account.start, datetime.time(), datetime.UTC)
        left = account.granted_hours - spent if begin <= first else None
        yield _of_grant(name, account, antennas.get(name, ()), meter, (account.granted_hours, spent, left))
    for (name, mode, meter), spent in sorted(rest.items()):
        grant = facility.accounts.get(name)
        share, kind, state = (
            (grant.share, grant.kind, grant.member_state) if grant else (NOT_GRANTED, NOT_GRANTED, "")
        )
        yield AccountUsage(name, antennas.get(name, ()), mode, share, kind, state, meter, None, spent, None)


def _of_grant(
    name: str,
    account: Account,
    antennas: tuple[str, ...],
    meter: Meter,
    hours: tuple[float, float, float | None],
) -> AccountUsage:
    return AccountUsage(
        name,
        antennas,
        account.access_mode,
        account.share,
        account.kind,
        account.member_state,
        meter,
        *hours,
    )


def antennas_of(facility: Facility) -> dict[str, tuple[str, ...]]:
    """The antennas that each account belongs to: the one that it names, else those whose users charge it."""
    found: dict[str, list[str]] = {}
    for antenna, described in facility.antennas.items():
        for user in described.users:
            found.setdefault(user.account, []).append(antenna)
    named = {
        name: (account.antenna,) for name, account in facility.accounts.items() if account.antenna is not None
    }
    return {**{name: tuple(dict.fromkeys(antennas)) for name, antennas in found.items()}, **named}
