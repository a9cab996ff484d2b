"""Who may use how much of the machine: access modes, the division of its time, and grants."""

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints

from millwright.core.claims import SourceKind
from millwright.core.frozen import Finding, Frozen
from millwright.core.suggestions import did_you_mean
from millwright.facility.fields import Name, Title, UserName
from millwright.facility.meters import meters_for, meters_of
from millwright.facility.topics.charging import Unit

if TYPE_CHECKING:
    from millwright.facility.model import Facility


Fraction = Annotated[float, Field(ge=0, le=1)]
OrganisationKind = Literal["start-up", "sme", "industry", "research", "public", "internal"]
MachineClass = Literal["high-end", "mid-range"]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""

UNION = "union"
"""The share, and the account above all grants, of the Union's access time."""
HOSTING = "hosting"
"""The share of the rest where the facility names no hosting shares."""
UNION_CEILING: dict[MachineClass, float] = {"high-end": 0.50, "mid-range": 0.35}
"""Regulation (EU) 2021/1173, Article 17: the most that the Union's share of access time may be.

AI-optimised supercomputers count as high-end."""


class GrantTerms(Frozen):
    """What one grant in an access mode may be."""

    kinds: tuple[OrganisationKind, ...] = ()
    """Who may get one; anybody where empty."""
    above_hours: PositiveFloat | None = None
    """A grant must be larger than this."""
    max_hours: PositiveFloat | None = None
    unit: Unit = "gpu-hour"
    """Unit of the hours above; a grant in another unit can't be compared and is refused."""
    max_days: PositiveInt | None = None


class AccessMode(Frozen):
    """One access mode, as a Slurm QOS."""

    title: Title
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    max_wall_min: PositiveInt | None = None
    """Longest job in this mode, in minutes."""
    max_jobs_per_user: PositiveInt | None = None
    max_jobs_per_account: PositiveInt | None = None
    max_submitted_per_user: PositiveInt | None = None
    """Running and waiting jobs of one user."""
    max_submitted_per_account: PositiveInt | None = None
    max_accelerators_per_job: PositiveInt | None = None
    """Devices as Slurm counts them."""
    max_accelerators_per_user: PositiveInt | None = None
    max_accelerators_per_account: PositiveInt | None = None
    max_nodes_per_job: PositiveInt | None = None
    max_nodes_per_user: PositiveInt | None = None
    max_nodes_per_account: PositiveInt | None = None
    preempts: tuple[Name, ...] = ()
    """Access modes whose running jobs give way to jobs of this one."""
    when_preempted: Literal["requeue", "cancel"] = "requeue"
    """What happens to a job of this mode that gives way."""
    grace_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    """Seconds between a job's warning (SIGTERM) and its end where `when_preempted` is `cancel`."""
    protected_min: PositiveInt | None = None
    """Minutes that a job of this mode runs before it may be pre-empted."""
    usage_factor: Annotated[float, Field(ge=0, le=100)] = 1.0
    """By what the time of a job is multiplied when it is charged."""
    grant: GrantTerms = GrantTerms()


class AccessTime(Frozen):
    """How the machine's time is divided."""

    machine_class: MachineClass
    """AI-optimised machines are `high-end`."""
    union_share: Fraction
    """The Union's share of access time; at most 0.50 for high-end, 0.35 for mid-range machines."""
    hosting_shares: dict[Name, Fraction] = {}
    """Shares of hosting states; where empty, the rest is one share called `hosting`."""
    reference_unit: Unit | None = None
    """Unit into which the speed factors of the partitions convert."""

    def shares(self) -> dict[str, float]:
        """Every share by the name of the account that stands for it."""
        rest = self.hosting_shares or {HOSTING: 1 - self.union_share}
        return {UNION: self.union_share, **rest}


class Account(Frozen):
    """One grant of hours to one organisation, as a Slurm account."""

    organisation: Title
    kind: OrganisationKind
    member_state: CountryCode
    """Where the organisation is established."""
    access_mode: Name
    share: Name = UNION
    """Share of the machine's time that the hours come from: `union`, or a hosting share."""
    granted_hours: PositiveFloat
    unit: Unit
    partition: Name | None = None
    """Partition whose hours are granted; may be left out where only one kind of node charges in this unit."""
    start: datetime.date
    """First day on which jobs may start, UTC."""
    end: datetime.date
    """Last day on which jobs may start, UTC."""
    fair_share: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Weight against the other grants of the same share."""
    users: tuple[UserName, ...] = ()
    """Who may charge it, besides the users of antennas that name it; the hosts must know them."""
    antenna: Name | None = None
    """Antenna that the grant belongs to; may be left out where an antenna's user names the account."""

    def is_open(self, today: datetime.date) -> bool:
        """Whether jobs may start on this day."""
        return self.start <= today <= self.end


RESERVED = frozenset({"root", "mwbench", "normal", "all", "none"})
"""Accounts that Slurm or Millwright itself uses, and words that sacctmgr takes for something else."""


def find_access_problems(facility: "Facility") -> Iterator[Finding]:
    """Everything that contradicts itself in what a facility says of access."""
    yield from _access_time(facility)
    yield from _access_modes(facility)
    yield from _charging(facility)
    for name, account in facility.accounts.items():
        yield from _account(facility, f"accounts.{name}", name, account)


def _access_time(facility: "Facility") -> Iterator[Finding]:
    time = facility.access_time
    if time is None:
        return
    ceiling = UNION_CEILING[time.machine_class]
    if time.union_share > ceiling:
        problem = f"{time.union_share:g} for a {time.machine_class} machine"
        yield Finding(
            "MW1601",
            "access_time.union_share",
            problem,
            f"at most {ceiling:g}: Regulation (EU) 2021/1173, Article 17",
        )
    if UNION in time.hosting_shares:
        yield Finding(
            "MW1602",
            f"access_time.hosting_shares.{UNION}",
            "is the Union's own share",
            "the name of a hosting share",
        )
    elif not math.isclose(total := sum(time.shares().values()), 1, abs_tol=1e-6):
        yield Finding("MW1603", "access_time", f"the shares add up to {total:g}", "1")


def _access_modes(facility: "Facility") -> Iterator[Finding]:
    has_accelerators = any(node_class.accelerators for node_class in facility.node_classes.values())
    for name, mode in facility.access_modes.items():
        key = f"access_modes.{name}"
        yield from _preempts(facility.access_modes, key, name, mode)
        for field in (
            "max_accelerators_per_job",
            "max_accelerators_per_user",
            "max_accelerators_per_account",
        ):
            if getattr(mode, field) and not has_accelerators:
                yield Finding(
                    "MW1604", f"{key}.{field}", "no node class has accelerators", "a limit of nodes"
                )
        terms = mode.grant
        if terms.above_hours and terms.max_hours and terms.above_hours >= terms.max_hours:
            yield Finding(
                "MW1605",
                f"{key}.grant.above_hours",
                "leaves no grant below max_hours",
                f"less than {terms.max_hours:g}",
            )


def _preempts(modes: Mapping[str, AccessMode], key: str, name: str, mode: AccessMode) -> Iterator[Finding]:
    """Lower priority keeps pre-emption free of circles, and of jobs that chase each other off a node."""
    for other in mode.preempts:
        if other not in modes:
            expected = f"one of {', '.join(modes)}{did_you_mean(other, modes)}"
            yield Finding("MW1606", f"{key}.preempts", f"unknown access mode {other!r}", expected)
        elif modes[other].priority >= mode.priority:
            problem = f"{other} has priority {modes[other].priority}, {name} {mode.priority}"
            yield Finding("MW1607", f"{key}.preempts", problem, "access modes of lower priority")


def _charging(facility: "Facility") -> Iterator[Finding]:
    reference = facility.access_time.reference_unit if facility.access_time else None
    for name, partition in facility.partitions.items():
        speed, key = partition.charging.speed, f"partitions.{name}.charging.speed"
        if speed and speed.kind is SourceKind.MEMORY:
            yield Finding(
                "MW1701",
                f"{key}.kind",
                "a value from memory is never a reference",
                "read, secondary or derived",
            )
        if speed and reference is None:
            yield Finding("MW1608", key, "there is no unit to convert into", "access_time.reference_unit")


def _account(facility: "Facility", key: str, name: str, account: Account) -> Iterator[Finding]:
    shares = facility.access_time.shares() if facility.access_time else {UNION: 1.0}
    if name in RESERVED | set(shares) | {UNION, HOSTING}:
        yield Finding("MW1609", key, f"{name!r} is reserved for Slurm, Millwright or a share", "another name")
    if account.access_mode not in facility.access_modes:
        hint = did_you_mean(account.access_mode, facility.access_modes)
        problem = f"unknown access mode {account.access_mode!r}"
        yield Finding(
            "MW1606", f"{key}.access_mode", problem, f"one of {', '.join(facility.access_modes)}{hint}"
        )
    else:
        yield from _terms(key, account, facility.access_modes[account.access_mode])
    if account.share not in shares:
        expected = f"one of {', '.join(shares)}{did_you_mean(account.share, shares)}"
        yield Finding("MW1610", f"{key}.share", f"unknown share {account.share!r}", expected)
    if account.end < account.start:
        yield Finding(
            "MW1611", f"{key}.end", f"{account.end} is before {account.start}", "a day on or after start"
        )
    if account.antenna is not None and account.antenna not in facility.antennas:
        known = ", ".join(facility.antennas) or "an antenna of this facility"
        expected = f"one of {known}{did_you_mean(account.antenna, facility.antennas)}"
        yield Finding("MW1612", f"{key}.antenna", f"unknown antenna {account.antenna!r}", expected)
    yield from _meter(facility, key, account)


def _terms(key: str, account: Account, mode: AccessMode) -> Iterator[Finding]:
    terms, days = mode.grant, (account.end - account.start).days + 1
    if terms.kinds and account.kind not in terms.kinds:
        problem = f"{account.access_mode} is not for {account.kind}"
        yield Finding(
            "MW1613",
            f"{key}.kind",
            problem,
            f"one of {', '.join(terms.kinds)}",
        )
    if terms.max_days and days > terms.max_days:
        yield Finding(
            "MW1614", f"{key}.end", f"{days} days", f"at most {terms.max_days} days in {account.access_mode}"
        )
    if not (terms.above_hours or terms.max_hours):
        return
    if account.unit != terms.unit:
        problem = (
            f"{account.access_mode} is limited in {terms.unit}, and hours of two units can't be compared"
        )
        yield Finding("MW1615", f"{key}.unit", problem, terms.unit)
    elif terms.max_hours and account.granted_hours > terms.max_hours:
        expected = f"at most {terms.max_hours:g} {terms.unit} in {account.access_mode}"
        yield Finding("MW1616", f"{key}.granted_hours", f"{account.granted_hours:g}", expected)
    elif terms.above_hours and account.granted_hours <= terms.above_hours:
        expected = f"more than {terms.above_hours:g} {terms.unit} in {account.access_mode}"
        yield Finding("MW1616", f"{key}.granted_hours", f"{account.granted_hours:g}", expected)


def _meter(facility: "Facility", key: str, account: Account) -> Iterator[Finding]:
    known = meters_of(facility)
    units = ", ".join(sorted({meter.unit for meter in known.values()})) or "a partition that Slurm schedules"
    if account.partition is not None and account.partition not in known:
        expected = f"one of {', '.join(known)}{did_you_mean(account.partition, known)}"
        yield Finding("MW1617", f"{key}.partition", f"unknown partition {account.partition!r}", expected)
    elif account.partition is not None and known[account.partition].unit != account.unit:
        yield Finding(
            "MW1618",
            f"{key}.unit",
            f"{account.partition} charges another unit",
            known[account.partition].unit,
        )
    elif not (meters := meters_for(facility, account)):
        yield Finding("MW1619", f"{key}.unit", f"no partition charges {account.unit}", f"one of {units}")
    elif len(meters) > 1:
        listing = " and ".join(map(str, meters))
        yield Finding(
            "MW1620",
            f"{key}.partition",
            f"missing although {listing} are different kinds of hours",
            "the partition whose hours are granted",
        )
