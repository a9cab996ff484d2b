"""What a run says about itself: when, where, with what, and what it set out to measure."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from millwright.results.selection import Selection

SCHEMA = "millwright-run/2"
OLD_SCHEMA = "millwright-run/1"
"""Of runs whose samples are lines of JSON."""
RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
ID_TIME = "%Y%m%dT%H%M%SZ"
ISO_TIME = "%Y-%m-%dT%H:%M:%SZ"
FACILITY_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
"""How stored records are read back: no unknown key, no value of another type."""


def make_run_id(started: datetime.datetime, token: str) -> str:
    """Name a run so that names sort by time; `token` is eight random hexadecimal digits.

    >>> make_run_id(datetime.datetime(2026, 11, 23, 17, 1, 2, tzinfo=datetime.UTC), "1a2b3c4d")
    '20261123T170102Z-1a2b3c4d'
    """
    run_id = f"{started.astimezone(datetime.UTC).strftime(ID_TIME)}-{token}"
    if not RUN_ID.fullmatch(run_id):
        raise ValueError(f"{token!r} is not eight hexadecimal digits")
    return run_id


def iso_utc(moment: datetime.datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the second.

    >>> iso_utc(datetime.datetime.fromisoformat("2026-11-23T18:01:02+01:00"))
    '2026-11-23T17:01:02Z'
    """
    return moment.astimezone(datetime.UTC).strftime(ISO_TIME)


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One start of ReFrame within a run."""

    __pydantic_config__ = STRICT
    seat: str
    """The place ReFrame was started from."""
    uuid: str
    hostname: str
    reframe_version: str
    started: str
    """ISO 8601, UTC."""
    finished: str
    cases: int


@dataclass(frozen=True, slots=True, order=True)
class ExpectedValue:
    """One value that the run set out to measure."""

    __pydantic_config__ = STRICT
    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str = field(default="", kw_only=True)
    """Of the check's variant, in canonical form."""
    metric: str
    node: str
    """Node, folded node set or gateway."""


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """What the hardware of a partition can do at most, in the unit of the metric."""

    __pydantic_config__ = STRICT
    partition: str
    check: str
    metric: str
    kind: Literal["device", "node", "place"]
    """What it holds for: one device, a node measured as a whole, or either."""
    value: float
    source: str
    """What it is, for example ``the fp64_matrix peak of H100 SXM5 80GB``."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Where imported results come from: Millwright did not see them being measured."""

    __pydantic_config__ = STRICT
    tool: str
    """Name of the parser that read them, for example ``osu``."""
    command: str
    """Command line that printed them, as far as it is known."""
    version: str
    """Version of the tool."""
    host: str
    """Host that the tool ran on."""
    vouched_by: str
    """Who answers for the results being those of that command."""


@dataclass(frozen=True, slots=True, order=True)
class ForeignCase:
    """One case of a foreign check that ReFrame listed before the first job."""

    __pydantic_config__ = STRICT
    check: str
    """With the name of its suite as prefix."""
    parameters: str
    partition: str
    environment: str


@dataclass(frozen=True, slots=True)
class ForeignSuite:
    """A suite of checks that others wrote, as it was run."""

    __pydantic_config__ = STRICT
    name: str
    """Prefix of its checks; its session's seat is ``foreign-<name>``."""
    title: str
    reframe: str
    """Version of ReFrame in the suite's own environment."""
    python: str
    packages: tuple[str, ...]
    """Everything installed there, as ``name==version``."""
    checks_sha256: str
    """Sum over the names and contents of the files of its checks."""
    repeat: int
    """How often each case was to run."""
    cases: tuple[ForeignCase, ...]
    unloaded: tuple[str, ...] = ()
    """Files of checks that ReFrame could not load, so nothing of them ran."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Everything about a run but its values."""

    __pydantic_config__ = STRICT
    run_id: str
    facility: str
    started: str
    """ISO 8601, UTC."""
    finished: str
    millwright_version: str
    git_commit: str | None = None
    """Commit of the checkout that ran, with ``-dirty`` where it was changed; None outside of git."""
    tool_versions: Mapping[str, str] = field(default_factory=dict)
    host: Mapping[str, str] = field(default_factory=dict)
    """Facts of the machine that gathered the run: kernel, processor, memory."""
    emulated_partitions: tuple[str, ...] = ()
    """Partitions whose user programs ran under emulation."""
    expected: tuple[ExpectedValue, ...] = ()
    bounds: tuple[Bound, ...] | None = None
    """What its hardware can do at most; None for a run from before values were held against it."""
    foreign: tuple[ForeignSuite, ...] = ()
    """Suites of checks that others wrote which ran beside."""
    selection: Selection = field(default_factory=Selection)
    """What it was narrowed to."""
    unavailable_nodes: Mapping[str, str] = field(default_factory=dict)
    """Nodes that could not take part, and why (``drained: fan failed``)."""
    failed_sessions: Mapping[str, str] = field(default_factory=dict)
    """Seats whose session left no usable report, and why."""
    sessions: tuple[SessionInfo, ...] = ()
    was_interrupted: bool = False
    """The run was stopped: only what had ended by then was measured."""
    number: int | None = None
    """Place in the facility's chain of runs, from 1; None for a run that was stored before there was one."""
    previous: str = ""
    """Names what the chain held before, see :mod:`millwright.results.chain`."""
    origin: Literal["measured", "imported"] = "measured"
    imported: ImportSource | None = None
    """None for a run that Millwright measured itself."""
    schema: str = SCHEMA
