"""Who may use how much of the machine: access modes, the division of its time, and grants."""

import datetime
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt, StringConstraints

from millwright.facility.charging import Unit
from millwright.facility.frozen import Frozen
from millwright.facility.names import Name, Title, UserName

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
