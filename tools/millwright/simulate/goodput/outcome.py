"""What a job on a machine will deliver, and what to ask for in a tender."""

import math
from dataclasses import dataclass

import numpy as np

from millwright.simulate.goodput.closed_form import (
    Renewal,
    best_work_s,
    first_order_goodput,
    goodput,
    is_first_order_valid,
    longest_checkpoint_s,
)
from millwright.simulate.goodput.loop import Counts, Floats, Loss, run_draws
from millwright.simulate.goodput.repair import spares_for_groups
from millwright.simulate.goodput.scenario import GoodputScenario
from millwright.simulate.quantity import DATA, H, Known, kinds_in, seconds, weakest

SHAPES = {"exponential": 0, "weibull": 1, "lognormal": 2, "fixed": 3}

BADPUT = {
    Loss.WASTED: "wasted_progress_from_disruption",
    Loss.RECOVERY: "unproductive_checkpoint_restore_time",
    Loss.SAVE: "unproductive_checkpoint_save_time",
    Loss.DETECTION: "custom_badput_events.detection",
    Loss.REPLACEMENT: "infrastructure_recovery_from_disruption",
    Loss.NO_SPARE: "custom_badput_events.no_spare",
    Loss.PLANNED: "custom_badput_events.planned",
    Loss.FEWER_NODES: "custom_badput_events.fewer_nodes",
}
"""Words of Google's ml-goodput-measurement; the restart's own start is ``program_startup``."""


@dataclass(frozen=True, slots=True)
class Tender:
    """What to ask for to reach a target."""

    goodput: float
    checkpoint_bandwidth_gb_s: float | None
    """For this job alone; None if no bandwidth is enough, or the state's size is not known."""
    longest_checkpoint_s: float | None
    spares: int
    spare_confidence: float
    left_out: tuple[str, ...]
    """What the formula of the bandwidth does not contain."""


@dataclass(frozen=True, slots=True)
class GoodputOutcome:
    """Goodput of a job, its interval over draws, and where the rest of the time goes."""

    method: str
    """``closed form`` or ``simulation``."""
    not_closed: tuple[str, ...]
    """Why the closed form does not hold."""
    goodput: float
    standard_error: float
    """Of the simulated mean; the closed form has none."""
    simulated_goodput: float
    productive_h: float
    productive_h_interval: tuple[float, float]
    """95 % of the draws."""
    work_between_checkpoints_s: float
    best_work_s: float
    mtti_s: float
    first_order: float | None
    """Young's approximation; None where it is off by more than a point, and refused."""
    badput: dict[str, float]
    """Share of time by cause."""
    failures: dict[str, float]
    """Mean count by class."""
    most_in_repair: int
    tender: Tender | None
    weakest_kind: Known
    draws: tuple[float, ...]
    """Goodput of each."""


def why_not_closed(scenario: GoodputScenario) -> tuple[str, ...]:
    """What of a scenario the closed form does not contain; empty where it is exact."""
    found = [
        f"times between failures of {each.name} are {each.distribution}"
        for each in scenario.failures
        if each.distribution != "exponential"
    ]
    found += [f"{each.name} is silent" for each in scenario.failures if each.effect == "corrupt"]
    if scenario.planned:
        found.append("planned interruptions")
    if scenario.lemons:
        found.append("lemon nodes are taken out with time")
    if scenario.pool:
        found.append("spares may run out")
    return tuple(found)


def renewal_of(scenario: GoodputScenario) -> Renewal:
    """The job in the terms of the closed form; detection counts as downtime, in the mean over failures."""
    means = scenario.mean_times_s()
    mtti = scenario.mtti_s()
    detection = sum(
        mtti / mean * seconds(each.detected_after)
        for mean, each in zip(means, scenario.failures, strict=True)
        if each.detected_after and each.effect == "stop"
    )
    write = scenario.checkpoint.write_s()
    stops = scenario.checkpoint.stops_work_for
    return Renewal(
        mtti_s=mtti,
        checkpoint_s=seconds(stops) if stops else write,
        recovery_s=scenario.restart.recovery_s(),
        downtime_s=scenario.restart.downtime_s() + detection,
        write_s=write if stops else 0.0,
    )


def work_of(scenario: GoodputScenario) -> float:
    """Work between two checkpoints, as given or the best."""
    every = scenario.checkpoint.every
    return seconds(every) if every else best_work_s(renewal_of(scenario))


def simulate_goodput(scenario: GoodputScenario) -> GoodputOutcome:
    """Every draw of a scenario, summed up."""
    job, work = renewal_of(scenario), work_of(scenario)
    lasts = seconds(scenario.lasts)
    kept, lost, counts, most = _draws(scenario, job, work, lasts)
    shares = kept / lasts
    reasons = why_not_closed(scenario)
    exact = goodput(job, work)
    found = float(shares.mean()) if reasons else exact
    low, high = np.percentile(shares, (2.5, 97.5)) * lasts / H
    return GoodputOutcome(
        method="simulation" if reasons else "closed form",
        not_closed=reasons,
        goodput=found,
        standard_error=float(shares.std(ddof=1) / math.sqrt(len(shares))),
        simulated_goodput=float(shares.mean()),
        productive_h=found * lasts / H,
        productive_h_interval=(float(low), float(high)),
        work_between_checkpoints_s=work,
        best_work_s=best_work_s(job),
        mtti_s=job.mtti_s,
        first_order=first_order_goodput(job, work) if is_first_order_valid(job, work) else None,
        badput=_badput(scenario, lost.mean(axis=0) / lasts),
        failures=_failures(scenario, counts.mean(axis=0)),
        most_in_repair=int(most.max()),
        tender=_tender(scenario, job, reasons),
        weakest_kind=weakest(kinds_in(scenario)),
        draws=tuple(float(share) for share in shares),
    )


def _draws(
    scenario: GoodputScenario, job: Renewal, work: float, lasts: float
) -> tuple[Floats, Floats, Counts, Counts]:
    classes = np.array(
        [
            (
                mean,
                SHAPES[each.distribution],
                each.shape,
                each.effect == "corrupt",
                seconds(each.detected_after) if each.detected_after else 0.0,
                each.needs_node,
                each.nodes,
                seconds(each.repair.mean) if each.repair else 0.0,
                SHAPES[each.repair.distribution] if each.repair else 0,
                each.repair.shape if each.repair else 1.0,
            )
            for mean, each in zip(scenario.mean_times_s(), scenario.failures, strict=True)
        ],
        dtype=float,
    )
    pool, lemons = scenario.pool, scenario.lemons
    least = max(1, math.ceil(scenario.nodes * pool.least_share)) if pool else 1
    in_pool = (pool.spares, pool.repair_crew or 0) if pool else (-1, 0)
    planned = [(seconds(each.every), seconds(each.lasts)) for each in scenario.planned]
    bad = (
        (max(1, round(lemons.share * scenario.nodes)), lemons.factor, lemons.removed_after)
        if lemons
        else (0, 2, 1)
    )
    return run_draws(
        scenario.seed,
        scenario.draws,
        lasts,
        classes,
        np.array(
            [
                work,
                job.checkpoint_s,
                job.write_s,
                job.recovery_s,
                scenario.restart.downtime_s(),
            ]
        ),
        np.array([scenario.nodes, in_pool[0], in_pool[1], least], dtype=float),
        np.array(planned, dtype=float).reshape(-1, 2),
        np.array([*bad, scenario.mtti_s() * scenario.nodes], dtype=float),
    )


def _badput(scenario: GoodputScenario, lost: Floats) -> dict[str, float]:
    found = {BADPUT[loss]: float(lost[loss]) for loss in Loss}
    startup = scenario.restart.program_startup
    if startup:
        restart = found["unproductive_checkpoint_restore_time"]
        share = seconds(startup) / scenario.restart.recovery_s()
        found["program_startup"] = restart * share
        found["unproductive_checkpoint_restore_time"] = restart * (1 - share)
    return found


def _failures(scenario: GoodputScenario, counts: Floats) -> dict[str, float]:
    names = [each.name for each in scenario.failures] + ["lemon nodes"] * bool(scenario.lemons)
    return {name: float(count) for name, count in zip(names, counts, strict=False)}


def _tender(scenario: GoodputScenario, job: Renewal, reasons: tuple[str, ...]) -> Tender | None:
    target = scenario.target
    if target is None:
        return None
    longest = longest_checkpoint_s(job, target.goodput)
    state = scenario.checkpoint.state
    bandwidth = state.value * DATA[state.unit] / longest / 1e9 if state and longest else None
    left_out = (*reasons, *["the write beside the work"] * (scenario.checkpoint.mode == "asynchronous"))
    groups = [
        (each.needs_node / mean * seconds(each.repair.mean), each.nodes)
        for mean, each in zip(scenario.mean_times_s(), scenario.failures, strict=True)
        if each.repair
    ]
    spares = spares_for_groups(groups, target.spare_confidence)
    return Tender(target.goodput, bandwidth, longest, spares, target.spare_confidence, left_out)
