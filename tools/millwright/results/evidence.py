"""What stands behind samples: where a case ran, what it left behind, and why it was rejected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from millwright.results.parsers.reframe import Report
from millwright.results.samples import Samples


@dataclass(frozen=True, slots=True)
class RawOutput:
    """What a case left behind."""

    stdout: Path | str | None = None
    """The job's standard output, as a file or text; None if there is none."""
    files: tuple[str, ...] = ()
    """Paths of all its raw files within the run folder."""
    unread: str = ""
    """Why its output is not read."""


@dataclass(frozen=True, slots=True)
class LaunchSiteReport:
    """What one start of ReFrame left behind."""

    seat: str
    """The place it was started from."""
    report: Report
    raw: Mapping[str, RawOutput]
    """What each case left behind, by the case's folder."""


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a case ran, and the raw files behind it."""

    seat: str
    partition: str
    """Partition, or antenna for the checks of an antenna."""
    check: str
    parameters: str = field(default="", kw_only=True)
    """Of the check's variant, in canonical form."""
    environment: str = field(default="", kw_only=True)
    """ReFrame's environment."""
    case: str
    """ReFrame's name of the case, with its parameters."""
    run_index: int
    job_id: str
    """Empty where no job started."""
    nodes: tuple[str, ...]
    """Nodes of the job."""
    nodes_left_out: tuple[tuple[str, str], ...]
    """Nodes that took no job, each with the reason."""
    files: tuple[str, ...]
    """Paths of the raw files within the run folder."""


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """A case whose samples count."""

    origin: Origin
    metrics: tuple[str, ...]
    """None for a foreign check that only looks whether something works."""
    remarks: str = ""
    """What a reader of a foreign check's values must know: that it missed a reference of its own, say."""


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A case, or one place in it, that does not count, and why."""

    origin: Origin
    reasons: tuple[str, ...]
    node: str = ""
    """The node concerned; empty for the whole case."""
    device: str = ""
    """The device concerned; empty for all of the node."""
    metric: str = ""
    """The metric concerned; empty for all."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """Every case, counted or rejected in whole or in part, and the samples that count."""

    samples: Samples
    counted: tuple[Counted, ...]
    rejected: tuple[Rejected, ...]
