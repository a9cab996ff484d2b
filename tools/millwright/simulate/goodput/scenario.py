"""What ``millwright simulate goodput`` reads: a machine, its failures, and a job on it."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from millwright.core.frozen import Finding, Frozen
from millwright.simulate.quantity import (
    BANDWIDTH,
    DATA,
    Amount,
    Bandwidth,
    Duration,
    FailureRate,
    find_out_of_range,
    mean_time_s,
    seconds,
)

Shape = Literal["exponential", "weibull", "lognormal", "fixed"]
Parameter = Annotated[float, Field(ge=0.3, le=3)]
"""Of a distribution; beyond, nearly all times are 0 or nearly all are the mean."""
MOST_PARTS = 100_000_000
MOST_EVENTS = 500_000_000
"""Events in all draws that are simulated in some minutes."""


class Repair(Frozen):
    """How long a node is away."""

    mean: Duration
    distribution: Shape = "exponential"
    shape: Parameter = 1.0
    """Shape of a Weibull, or sigma of a lognormal distribution."""


class FailureClass(Frozen):
    """Failures of one kind of component."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,40}$")
    rate: FailureRate
    """A rate (``1/accelerator-h``) or a mean time (``accelerator-h``, ``h`` of the whole machine)."""
    distribution: Shape = "exponential"
    """Of the time between two failures of this class in the machine."""
    shape: Parameter = 1.0
    effect: Literal["stop", "corrupt"] = "stop"
    """``corrupt`` goes on computing until it is detected, and loses all work since."""
    detected_after: Duration | None = None
    """How late it is noticed; left out, at once."""
    needs_node: float = Field(default=0.0, ge=0, le=1)
    """Share of failures after which nodes are replaced."""
    nodes: int = Field(default=1, ge=1, le=MOST_PARTS)
    """Nodes that one failure takes: a switch takes all behind it."""
    repair: Repair | None = None


class Checkpoint(Frozen):
    """Saving the state: a time, or an amount over a bandwidth."""

    mode: Literal["synchronous", "asynchronous"] = "synchronous"
    time: Duration | None = None
    """That it takes; of an asynchronous one, beside the work."""
    state: Amount | None = None
    bandwidth: Bandwidth | None = None
    """Of the storage, for this job alone."""
    stops_work_for: Duration | None = None
    """Of an asynchronous one: the copy that the work waits for."""
    every: Duration | None = None
    """Work between two; left out, the best one."""

    @model_validator(mode="after")
    def _one_way(self) -> "Checkpoint":
        if (self.time is None) == (self.state is None) or (self.state is None) != (self.bandwidth is None):
            raise ValueError("give either time, or state and bandwidth")
        if (self.mode == "asynchronous") != (self.stops_work_for is not None):
            raise ValueError("stops_work_for belongs to an asynchronous checkpoint, and that needs it")
        return self

    def write_s(self) -> float:
        """Time until it is stored."""
        if self.time is not None:
            return seconds(self.time)
        if self.state is None or self.bandwidth is None:
            raise AssertionError("refused by the model")
        return (
            self.state.value * DATA[self.state.unit] / (self.bandwidth.value * BANDWIDTH[self.bandwidth.unit])
        )


class Restart(Frozen):
    """From the decision to restart until work goes on; a failure in it begins it again."""

    program_startup: Duration | None = None
    restore: Duration
    """Reading the checkpoint back."""
    replacement: Duration | None = None
    """Before it: the time until the nodes are there, in which nothing can fail."""

    def recovery_s(self) -> float:
        """Start and restore."""
        return seconds(self.restore) + (seconds(self.program_startup) if self.program_startup else 0.0)

    def downtime_s(self) -> float:
        """Replacement."""
        return seconds(self.replacement) if self.replacement else 0.0


class Planned(Frozen):
    """Interruptions that are announced: the job saves its state first."""

    name: str = "maintenance"
    every: Duration
    lasts: Duration


class Lemons(Frozen):
    """Nodes that fail far more often than others until they are found."""

    share: float = Field(gt=0, lt=1)
    factor: float = Field(gt=1, le=1e6)
    """Failures of one as a multiple of a healthy node's."""
    removed_after: int = Field(default=3, ge=1, le=1000)
    """Failures after which one is taken out for good."""


class Pool(Frozen):
    """Nodes beside those that the job needs."""

    spares: int = Field(ge=0, le=MOST_PARTS)
    repair_crew: int | None = Field(default=None, ge=1, le=MOST_PARTS)
    """Repairs at a time; left out, as many as there are."""
    least_share: float = Field(default=1.0, gt=0, le=1)
    """Share of its nodes with which the job still goes on; below it, it waits."""


class Target(Frozen):
    """What a tender asks for."""

    goodput: float = Field(gt=0, lt=1)
    spare_confidence: float = Field(default=0.99, gt=0, lt=1)


class GoodputScenario(Frozen):
    """A machine, its failures, and a job on all of it."""

    format: Literal["millwright-goodput-scenario/1"]
    title: str = Field(max_length=200)
    accelerators: int = Field(ge=1, le=MOST_PARTS)
    accelerators_per_node: int = Field(default=1, ge=1, le=1000)
    lasts: Duration
    """Length of the job."""
    draws: int = Field(default=1000, ge=100, le=100_000)
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    failures: tuple[FailureClass, ...] = Field(min_length=1)
    checkpoint: Checkpoint
    restart: Restart
    planned: tuple[Planned, ...] = ()
    lemons: Lemons | None = None
    pool: Pool | None = None
    """Left out, spares never run out."""
    target: Target | None = None

    @property
    def nodes(self) -> int:
        """Nodes that the job needs, the last one perhaps in part."""
        return -(-self.accelerators // self.accelerators_per_node)

    def mean_times_s(self) -> tuple[float, ...]:
        """Mean time between failures of each class in the whole machine."""
        return tuple(
            mean_time_s(each.rate, accelerators=self.accelerators, nodes=self.nodes) for each in self.failures
        )

    def mtti_s(self) -> float:
        """Mean time between any two failures."""
        return 1 / sum(1 / mean for mean in self.mean_times_s())


def find_problems(scenario: GoodputScenario) -> Iterator[Finding]:
    """What each value allows but all together don't."""
    beyond = list(find_out_of_range(scenario))
    if beyond:
        yield from beyond
        return
    yield from _find_excess(scenario)
    stops = scenario.checkpoint.stops_work_for
    write = scenario.checkpoint.write_s()
    blocked = seconds(stops) if stops else write
    mtti = scenario.mtti_s()
    if max(write, blocked) >= mtti:
        yield Finding(
            "MW8060",
            "checkpoint",
            f"takes {max(write, blocked):.4g} s, longer than the {mtti:.4g} s to the next failure",
            "less state, more bandwidth or fewer failures",
        )
    every = scenario.checkpoint.every
    if every and stops and seconds(every) + blocked < write:
        yield Finding(
            "MW8061",
            "checkpoint.every",
            f"the next begins before the last is stored after {write:.4g} s",
            "a longer interval or more bandwidth",
        )
    for index, each in enumerate(scenario.failures):
        if each.needs_node > 0 and each.repair is None:
            yield Finding(
                "MW8062", f"failures.{index}.repair", "is missing although nodes are replaced", "mean"
            )
        if each.effect == "corrupt" and each.detected_after is None:
            yield Finding(
                "MW8063",
                f"failures.{index}.detected_after",
                "is missing although the failure is silent",
                "a time",
            )
        if each.nodes > scenario.nodes:
            yield Finding(
                "MW8064",
                f"failures.{index}.nodes",
                f"takes {each.nodes} nodes of {scenario.nodes}",
                f"at most {scenario.nodes}",
            )
    names = [each.name for each in scenario.failures]
    if len(set(names)) < len(names):
        yield Finding("MW8065", "failures", "a name is given twice", "names that differ")
    for index, planned in enumerate(scenario.planned):
        if seconds(planned.lasts) >= seconds(planned.every):
            yield Finding(
                "MW8066", f"planned.{index}.lasts", "no shorter than the time to the next one", "less"
            )


def _find_excess(scenario: GoodputScenario) -> Iterator[Finding]:
    """Repairs that never catch up, and simulations that would not end."""
    lasts = seconds(scenario.lasts)
    events = sum(lasts / seconds(each.every) for each in scenario.planned)
    for index, (mean, each) in enumerate(zip(scenario.mean_times_s(), scenario.failures, strict=True)):
        in_repair = each.needs_node * each.nodes / mean * (seconds(each.repair.mean) if each.repair else 0)
        if in_repair > scenario.nodes:
            problem = f"{in_repair:.4g} nodes in repair of {scenario.nodes}"
            expected = "fewer failures or shorter repairs"
            yield Finding("MW7724", f"failures.{index}.repair", problem, expected)
        events += lasts / mean * (1 + each.needs_node * each.nodes)
    if events * scenario.draws > MOST_EVENTS:
        yield Finding(
            "MW7587",
            "draws",
            f"{events * scenario.draws:.3g} events in {scenario.draws} draws",
            f"at most {MOST_EVENTS:.0e}: fewer draws, a shorter job or fewer failures",
        )
