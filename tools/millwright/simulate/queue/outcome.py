"""How long jobs of each mode wait, what a reserve costs, and when headroom ends."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from millwright.simulate.quantity import H, seconds
from millwright.simulate.queue.analytic import Waiting, mmc
from millwright.simulate.queue.jobs import Jobs
from millwright.simulate.queue.policy import EASY, POLICIES, SLURM, Blocked, Mode, Policy, Reserve
from millwright.simulate.queue.scenario import QueueScenario
from millwright.simulate.queue.schedule import Schedule, make_schedule

BATCHES = 20
MOST_LOAD = 1.5
"""Where the search for the end of headroom gives up."""


@dataclass(frozen=True, slots=True)
class ModeWaits:
    """Waits of one mode, in hours."""

    mode: str
    jobs: int
    mean_h: float
    standard_error_h: float
    """Of the mean, from batch means in the order of submission."""
    p50_h: float
    p90_h: float
    p99_h: float
    stopped: int
    """Starts that were lost to other modes."""


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """A schedule under one policy."""

    policy: str
    waits: tuple[ModeWaits, ...]
    mean_wait_h: float
    utilisation: float
    lost_node_h: float
    longest_queue: int
    too_wide: int


@dataclass(frozen=True, slots=True)
class HeadroomEnd:
    """Until when a mode waits no longer than it may."""

    mode: str
    load: float | None
    """Load from which it waits longer; None if it does not up to the most that is tried."""
    factor: float | None
    """Of the jobs given."""
    years: float | None


@dataclass(frozen=True, slots=True)
class QueueOutcome:
    """Everything that one scenario is asked for."""

    chosen: PolicyOutcome
    beside: PolicyOutcome
    """The same jobs under EASY, or under Slurm's rules if EASY was chosen."""
    closed_form: Waiting | None
    """Erlang C where the jobs are such a queue."""
    without_reserve: PolicyOutcome | None
    headroom: HeadroomEnd | None
    load: float


def policy_of(scenario: QueueScenario) -> Policy:
    """The scenario's scheduler."""
    found = POLICIES[scenario.policy]
    if found != SLURM:
        return found
    interval = round(seconds(scenario.bf_interval)) if scenario.bf_interval else SLURM.interval_s
    return dataclasses.replace(found, tests=scenario.bf_max_job_test, interval_s=max(1, interval))


def simulate_queue(scenario: QueueScenario, jobs: Jobs) -> QueueOutcome:
    """Schedule the jobs of a scenario in every way that it asks for."""
    policy = policy_of(scenario)
    other = SLURM if policy == EASY else EASY
    reserve = Reserve(scenario.reserve.mode, scenario.reserve.nodes) if scenario.reserve else None
    return QueueOutcome(
        chosen=run_policy(scenario, jobs, policy, reserve),
        beside=run_policy(scenario, jobs, other, reserve),
        closed_form=_closed_form(scenario, jobs),
        without_reserve=run_policy(scenario, jobs, policy, None) if reserve else None,
        headroom=_headroom(scenario, jobs, policy, reserve),
        load=jobs.load(scenario.nodes),
    )


def run_policy(scenario: QueueScenario, jobs: Jobs, policy: Policy, reserve: Reserve | None) -> PolicyOutcome:
    """One schedule, summed up by mode."""
    modes = [Mode(each.name, each.priority, each.preempts) for each in scenario.modes]
    blocked = [
        Blocked(round(seconds(each.begins)), round(seconds(each.begins) + seconds(each.lasts)), each.nodes)
        for each in scenario.blocked
    ]
    made = make_schedule(jobs, scenario.nodes, policy, modes, blocked=blocked, reserve=reserve)
    waits = tuple(_waits(made, index, mode.name) for index, mode in enumerate(modes))
    started = made.start >= 0
    ended = (made.start + jobs.held())[started]
    used = float((jobs.held() * jobs.nodes)[started].sum()) + made.lost_node_s
    span = float(ended.max() - jobs.submit.min()) if len(ended) else 0.0
    return PolicyOutcome(
        policy=policy.name,
        waits=waits,
        mean_wait_h=float(made.waits_s().mean()) / H if started.any() else math.nan,
        utilisation=used / (span * scenario.nodes) if span else 0.0,
        lost_node_h=made.lost_node_s / H,
        longest_queue=made.longest_queue,
        too_wide=len(made.too_wide),
    )


def _waits(made: Schedule, index: int, name: str) -> ModeWaits:
    chosen = (made.jobs.mode == index) & (made.start >= 0)
    waits = (made.start - made.jobs.submit)[chosen] / H
    stopped = int(made.stopped[chosen].sum())
    if not len(waits):
        return ModeWaits(name, 0, math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    p50, p90, p99 = (float(each) for each in np.percentile(waits, (50, 90, 99)))
    return ModeWaits(name, len(waits), float(waits.mean()), batch_error(waits), p50, p90, p99, stopped)


def batch_error(waits: np.ndarray) -> float:
    """Standard error of a mean of dependent values: that of the means of batches in order."""
    if len(waits) < 2 * BATCHES:
        return math.nan
    means = np.array([batch.mean() for batch in np.array_split(waits, BATCHES)])
    return float(means.std(ddof=1) / math.sqrt(BATCHES))


def _closed_form(scenario: QueueScenario, jobs: Jobs) -> Waiting | None:
    work = scenario.workload
    is_erlang = (
        work is not None
        and work.distribution == "exponential"
        and bool((jobs.nodes == 1).all())
        and len({each.priority for each in scenario.modes}) == 1
        and not (work.submitted_within or scenario.blocked or scenario.reserve)
        and work.load < 1
    )
    if work is None or not is_erlang:
        return None
    services = H / seconds(work.time)
    return mmc(work.load * scenario.nodes * services, services, scenario.nodes)


def _headroom(
    scenario: QueueScenario, jobs: Jobs, policy: Policy, reserve: Reserve | None
) -> HeadroomEnd | None:
    asked = scenario.headroom
    if asked is None:
        return None
    place = [each.name for each in scenario.modes].index(asked.mode)
    limit = seconds(asked.p90_wait) / H
    load = jobs.load(scenario.nodes)

    def is_met(factor: float) -> bool:
        outcome = run_policy(scenario, jobs.scaled(factor), policy, reserve)
        return not outcome.waits[place].p90_h > limit

    low, high = 0.0, max(MOST_LOAD / load, 1.0)
    if is_met(high):
        return HeadroomEnd(asked.mode, None, None, None)
    if not is_met(1.0):
        return HeadroomEnd(asked.mode, load, 1.0, 0.0)
    low = 1.0
    while high / low > 1.01:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if is_met(middle) else (low, middle)
    return HeadroomEnd(asked.mode, low * load, low, math.log(low) / math.log1p(asked.growth_per_year))
