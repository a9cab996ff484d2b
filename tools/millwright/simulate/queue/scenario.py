"""What ``millwright simulate queue`` reads: a machine, its scheduler, its access modes, and jobs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from millwright.core.frozen import Finding, Frozen
from millwright.simulate.quantity import Duration, find_out_of_range, seconds

Name = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,40}$")


class AccessMode(Frozen):
    """Jobs of one access mode."""

    name: str = Name
    priority: int = Field(default=0, ge=-(10**9), le=10**9)
    """Higher starts first."""
    preempts: tuple[str, ...] = ()
    """Modes whose jobs it stops; they lose their work and wait again (Slurm's REQUEUE)."""
    share: float = Field(default=1.0, ge=0, le=1e6)
    """Of the jobs of a made workload."""


class Workload(Frozen):
    """Jobs that are made: Poisson arrivals, independent sizes and times."""

    jobs: int = Field(ge=100, le=5_000_000)
    load: float = Field(ge=0.001, le=2)
    """Node-hours asked for, as a share of those there are."""
    nodes_median: float = Field(default=1.0, ge=1)
    nodes_spread: float = Field(default=0.0, ge=0, le=4)
    """Sigma of the lognormal width; 0: every job is as wide."""
    time: Duration
    """Mean computing time."""
    distribution: Literal["exponential", "lognormal", "fixed"] = "lognormal"
    spread: float = Field(default=1.2, gt=0, le=4)
    """Sigma of the lognormal time."""
    overestimate: float = Field(default=1.0, ge=1, le=100)
    """Requests are uniform between the computing time and this multiple."""
    submitted_within: Duration | None = None
    """All of a day arrives in its first hours; left out, evenly."""


class TraceFile(Frozen):
    """Jobs that ran."""

    file: str
    """Path, relative to the scenario."""
    form: Literal["swf", "sacct"]
    processors_per_node: int = Field(default=1, ge=1, le=100_000)


class BlockedNodes(Frozen):
    """A reservation for maintenance: no job may use these nodes."""

    begins: Duration
    """After the first job's submission."""
    lasts: Duration
    nodes: int = Field(ge=1)


class EmergencyReserve(Frozen):
    """Nodes that are kept free for one mode."""

    mode: str
    nodes: int = Field(ge=1)


class Headroom(Frozen):
    """How long a mode may wait, and how fast the load grows."""

    mode: str
    p90_wait: Duration
    growth_per_year: float = Field(gt=0, le=5)


class QueueScenario(Frozen):
    """A machine, its scheduler, its access modes, and jobs."""

    format: Literal["millwright-queue-scenario/1"]
    title: str = Field(max_length=200)
    nodes: int = Field(ge=1, le=200_000)
    policy: Literal["slurm", "easy", "conservative", "fcfs"] = "slurm"
    bf_max_job_test: int = Field(default=500, ge=1, le=1_000_000)
    bf_interval: Duration | None = None
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    modes: tuple[AccessMode, ...] = (AccessMode(name="all"),)
    workload: Workload | None = None
    trace: TraceFile | None = None
    blocked: tuple[BlockedNodes, ...] = ()
    reserve: EmergencyReserve | None = None
    headroom: Headroom | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "QueueScenario":
        if (self.workload is None) == (self.trace is None):
            raise ValueError("give either workload or trace")
        return self


def find_problems(scenario: QueueScenario) -> Iterator[Finding]:
    """What each value allows but all together don't."""
    beyond = list(find_out_of_range(scenario))
    if beyond:
        yield from beyond
        return
    yield from _find_in_modes(scenario)
    yield from _find_in_nodes(scenario)
    work = scenario.workload
    if work and not sum(each.share for each in scenario.modes):
        yield Finding("MW8073", "modes", "no mode has a share of the jobs", "a share above 0")
    if work and seconds(work.time) < 1:
        yield Finding("MW7588", "workload.time", f"{work.time.value:g} {work.time.unit}", "1 s or more")
    if work and work.submitted_within and seconds(work.submitted_within) > 86400:
        yield Finding("MW8074", "workload.submitted_within", "longer than a day", "at most 24 h")


def _find_in_modes(scenario: QueueScenario) -> Iterator[Finding]:
    names = [each.name for each in scenario.modes]
    known = f"one of {', '.join(names)}"
    circle = _circle({each.name: each.preempts for each in scenario.modes})
    if circle:
        problem = ", ".join(circle) + " pre-empt each other in a circle"
        yield Finding("MW8071", "modes", problem, known)
    if len(set(names)) < len(names):
        yield Finding("MW8070", "modes", "a name is given twice", "names that differ")
    for index, each in enumerate(scenario.modes):
        for other in each.preempts:
            if other not in names or other == each.name:
                yield Finding("MW8071", f"modes.{index}.preempts", f"no other mode {other[:40]!r}", known)
    for key, named in (("reserve", scenario.reserve), ("headroom", scenario.headroom)):
        if named and named.mode not in names:
            yield Finding("MW8071", f"{key}.mode", f"no other mode {named.mode[:40]!r}", known)


def _find_in_nodes(scenario: QueueScenario) -> Iterator[Finding]:
    taken: list[tuple[str, float]] = []
    if scenario.reserve:
        taken.append(("reserve.nodes", scenario.reserve.nodes))
    if scenario.workload:
        taken.append(("workload.nodes_median", scenario.workload.nodes_median))
    taken += [(f"blocked.{index}.nodes", each.nodes) for index, each in enumerate(scenario.blocked)]
    for key, nodes in taken:
        if nodes > scenario.nodes:
            yield Finding("MW8072", key, f"{nodes:g} of {scenario.nodes} nodes", f"at most {scenario.nodes}")


def _circle(preempts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Modes that pre-empt each other in a circle: their jobs would stop each other for ever."""
    left = dict(preempts)
    while True:
        last = [name for name, others in left.items() if not any(other in left for other in others)]
        if not last:
            return tuple(left)
        for name in last:
            del left[name]
