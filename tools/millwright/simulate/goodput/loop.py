"""The event loop of one job, draw by draw; compiled. Times in seconds.

Failures come on a clock that runs while the job works, saves or recovers, and is stopped while it is down.
What is lost is summed by :class:`Loss`; kept work and losses add up to the time of the job.
"""

from enum import IntEnum
from heapq import heappop, heappush
from typing import Final

import numpy as np
from numpy.typing import NDArray

from millwright.simulate.compiled import compiled

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class Loss(IntEnum):
    """Columns of what is lost."""

    WASTED = 0
    RECOVERY = 1
    SAVE = 2
    DETECTION = 3
    REPLACEMENT = 4
    NO_SPARE = 5
    PLANNED = 6
    FEWER_NODES = 7


LOSSES: Final = len(Loss)
EVER: Final = 1e30


@compiled
def draw_time(distribution: int, mean: float, shape: float) -> float:
    """One time of a distribution with this mean."""
    if distribution == 0:
        return float(np.random.exponential(mean))
    if distribution == 1:
        return float(mean / np.exp(_log_gamma(1 + 1 / shape)) * np.random.weibull(shape))
    if distribution == 2:
        return float(np.random.lognormal(np.log(mean) - shape * shape / 2, shape))
    return mean


@compiled
def _log_gamma(x: float) -> float:
    """Lanczos' approximation, g = 7, for x ≥ 1; relative error below 1e-13."""
    series = 0.99999999999980993
    coefficients = (
        *(676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059),
        *(12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7),
    )
    for index in range(8):
        series += coefficients[index] / (x + index)
    base = x + 6.5
    return float(0.9189385332046727 + (x - 0.5) * np.log(base) - base + np.log(series))


@compiled
def kept_work(time: float, work: float, stop: float, write: float) -> float:
    """Work that is stored after so long: whole segments whose checkpoint was written."""
    if time < write:
        return 0.0
    return float(np.floor((time - write) / (work + stop) + 1e-12) * work)


@compiled
def worked(time: float, work: float, stop: float) -> float:
    """Time of so long that was work, the rest being checkpoints that stop it."""
    whole = np.floor(time / (work + stop))
    return float(whole * work + min(time - whole * (work + stop), work))


@compiled
def run_draws(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917 - one loop over numbers, as numba wants it
    seed: int,
    draws: int,
    lasts: float,
    classes: Floats,
    job: Floats,
    pool: Floats,
    planned: Floats,
    lemons: Floats,
) -> tuple[Floats, Floats, Counts, Counts]:
    """Kept work, losses and counts of each draw.

    ``classes``, a row each: mean time, distribution, shape, silent, detection, share that needs nodes, nodes,
    mean repair, its distribution, its shape. ``job``: work, stop, write, recovery, replacement. ``pool``:
    nodes needed, spares (below zero: never short), crew (0: no limit), least nodes. ``planned``, a row each:
    every, lasts. ``lemons``: count, factor, removed after, mean time between failures of one healthy node.

    Returns arrays with a row for each draw: kept, losses, failures by class, most nodes in repair.
    """
    np.random.seed(seed)
    work, stop, write, recovery, replacement = job
    needed, spares, crew_size, least = pool
    kinds, plans = len(classes), len(planned)
    kept_all = np.zeros(draws)
    lost_all = np.zeros((draws, 8))
    count_all = np.zeros((draws, kinds + 1), dtype=np.int64)
    most_all = np.zeros(draws, dtype=np.int64)
    next_of = np.zeros(kinds)
    next_plan = np.zeros(max(plans, 1))
    strikes = np.zeros(int(lemons[0]) + 1, dtype=np.int64)
    for draw in range(draws):
        clock = 0.0  # of failures
        now = 0.0
        kept = 0.0
        lost = lost_all[draw]
        returns = [0.0]
        returns.pop()
        crew = [0.0]
        crew.pop()
        for _ in range(int(crew_size)):
            crew.append(0.0)
        for kind in range(kinds):
            next_of[kind] = draw_time(int(classes[kind, 1]), classes[kind, 0], classes[kind, 2])
        for plan in range(plans):
            next_plan[plan] = planned[plan, 0]
        strikes[:] = 0
        bad_nodes = int(lemons[0])
        lemon_mean = lemons[3] / (lemons[1] - 1) if bad_nodes > 0 else EVER
        next_lemon = np.random.exponential(lemon_mean / bad_nodes) if bad_nodes > 0 else EVER
        notice, good = EVER, 0.0
        is_restarting = False
        speed = 1.0
        while now < lasts:
            while len(returns) > 0 and returns[0] <= now:
                heappop(returns)
            if is_restarting and spares >= 0:
                up = needed + spares - len(returns)
                if up < least:
                    until = min(returns[0], lasts)
                    lost[5] += until - now
                    now = until
                    continue
                speed = min(1.0, up / needed)
            # the next failure that stops the job
            kind = -1
            at = next_lemon
            for each in range(kinds):
                if next_of[each] < at:
                    at = next_of[each]
                    kind = each
            left = at - clock
            if is_restarting:
                step = min(left, recovery, lasts - now)
                lost[1] += step
                now += step
                clock += step
                if now >= lasts:
                    break
                if step < left:
                    is_restarting = False
                    continue
                if kind >= 0 and classes[kind, 3] > 0:  # nothing is computed that could be corrupted
                    count_all[draw, kind] += 1
                    next_of[kind] = at + draw_time(int(classes[kind, 1]), classes[kind, 0], classes[kind, 2])
                    continue
            else:
                until = min(lasts, notice)
                plan = -1
                for each in range(plans):
                    if next_plan[each] < until:
                        until = next_plan[each]
                        plan = each
                until = max(until, now)  # what fell into a restart happens now
                if kind >= 0 and classes[kind, 3] > 0 and now + left < until:
                    # silent: remember what was sound; the job computes on in the same stretch
                    sound = kept + speed * kept_work(left, work, stop, write)
                    if notice >= EVER:
                        good = sound
                        notice = now + left + classes[kind, 4]
                    count_all[draw, kind] += 1
                    next_of[kind] = at + draw_time(int(classes[kind, 1]), classes[kind, 0], classes[kind, 2])
                    continue
                step = min(left, until - now)
                busy = worked(step, work, stop)
                lost[2] += step - busy
                now += step
                clock += step
                if step < left and (plan >= 0 or now >= lasts) and notice > now:
                    kept += speed * busy
                    lost[7] += (1 - speed) * busy
                    if now >= lasts:
                        break
                    away = min(stop + write, lasts - now)
                    lost[2] += away
                    now += away
                    away = min(planned[plan, 1], lasts - now)
                    lost[6] += away
                    now += away
                    next_plan[plan] = now + planned[plan, 0]
                    is_restarting = True
                    continue
                stored = kept_work(step, work, stop, write)
                kept += speed * stored
                lost[7] += (1 - speed) * stored
                lost[0] += busy - stored
                if step < left:  # the corruption is noticed
                    lost[0] += kept - good
                    kept = good
                    notice = EVER
                    away = min(replacement, max(lasts - now, 0.0))
                    lost[4] += away
                    now += away
                    is_restarting = True
                    continue
            # a failure stopped the job
            if kind < 0:
                count_all[draw, kinds] += 1
                who = np.random.randint(bad_nodes)
                strikes[who] += 1
                if strikes[who] >= lemons[2]:
                    bad_nodes -= 1
                    strikes[who] = strikes[bad_nodes]
                next_lemon = clock + np.random.exponential(lemon_mean / bad_nodes) if bad_nodes > 0 else EVER
            else:
                count_all[draw, kind] += 1
                next_of[kind] = clock + draw_time(int(classes[kind, 1]), classes[kind, 0], classes[kind, 2])
                away = min(classes[kind, 4], lasts - now)
                lost[3] += away
                now += away
                if classes[kind, 5] > 0 and np.random.random() < classes[kind, 5]:
                    repair = draw_time(int(classes[kind, 8]), classes[kind, 7], classes[kind, 9])
                    begins = now
                    if crew_size > 0:
                        begins = max(now, heappop(crew))
                        heappush(crew, begins + repair)
                    for _ in range(int(classes[kind, 6])):
                        heappush(returns, begins + repair)
                    most_all[draw] = max(most_all[draw], len(returns))
            away = min(replacement, max(lasts - now, 0.0))
            lost[4] += away
            now += away
            is_restarting = True
        kept_all[draw] = kept
    return kept_all, lost_all, count_all, most_all
