"""Asks slurmdbd, from the controller, what was used in a period."""

import datetime

from millwright.adapters.slurm.controller import controller_of
from millwright.core.errors import MillwrightError
from millwright.facility.model import Facility
from millwright.results.accounting import COLUMNS, AccountingEvidence, read_usage
from millwright.results.run_info import iso_utc

SLURM_TIME = "%Y-%m-%dT%H:%M:%S"


def usage_period(facility: Facility, now: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    """From the first day of the oldest grant that is open, else of the year, to now."""
    starts = [account.start for account in facility.accounts.values() if account.is_open(now.date())]
    first = min(starts, default=now.date().replace(month=1, day=1))
    return datetime.datetime.combine(first, datetime.time(), datetime.UTC), now


def sacct_command(begin: datetime.datetime, end: datetime.datetime) -> tuple[str, ...]:
    """Every allocation of the period, cut to it, with each run of a requeued job; times are UTC."""
    return (
        *("env", "TZ=UTC", "sacct", "--allusers", "--allocations", "--duplicates", "--truncate"),
        *("--parsable2", "--noheader"),
        f"--starttime={begin.astimezone(datetime.UTC).strftime(SLURM_TIME)}",
        f"--endtime={end.astimezone(datetime.UTC).strftime(SLURM_TIME)}",
        f"--format={','.join(COLUMNS)}",
    )


def ask_usage(facility: Facility, begin: datetime.datetime, end: datetime.datetime) -> AccountingEvidence:
    """What was used; raises :exc:`NotTestableError` or :exc:`FailedError` where there is no answer."""
    command = sacct_command(begin, end)
    text = controller_of(facility).run(command)
    return read_usage(text, begin=iso_utc(begin), end=iso_utc(end), command=command)


def usage_or_reason(facility: Facility, now: datetime.datetime) -> AccountingEvidence | None:
    """The usage that a run stores, or why there is none; None if the facility has no accounting."""
    if facility.services is None:
        return None
    begin, end = usage_period(facility, now)
    try:
        return ask_usage(facility, begin, end)
    except MillwrightError as error:
        return AccountingEvidence(iso_utc(begin), iso_utc(end), problem=str(error))
