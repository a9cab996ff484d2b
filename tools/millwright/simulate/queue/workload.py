"""Jobs made from a description, the same for the same seed."""

import numpy as np

from millwright.simulate.quantity import D, seconds
from millwright.simulate.queue.jobs import Jobs
from millwright.simulate.queue.scenario import QueueScenario, Workload


def make_jobs(scenario: QueueScenario, work: Workload) -> Jobs:
    """Draw the jobs of a scenario; the arrivals are spread so that the load is met exactly in the mean."""
    rng = np.random.default_rng(scenario.seed)
    count = work.jobs
    width = np.exp(rng.normal(np.log(work.nodes_median), work.nodes_spread, count))
    nodes = np.rint(width).clip(1, scenario.nodes).astype(np.int64)
    run = np.rint(_times(rng, work, count)).clip(1).astype(np.int64)
    req = np.ceil(run * rng.uniform(1, work.overestimate, count)).astype(np.int64)
    span = float((nodes * run).mean()) * count / (work.load * scenario.nodes)
    submit = np.cumsum(rng.exponential(span / count, count))
    if work.submitted_within:
        day = np.floor(submit / D) * D
        submit = day + (submit - day) * (seconds(work.submitted_within) / D)
    shares = np.array([each.share for each in scenario.modes])
    mode = rng.choice(len(shares), count, p=shares / shares.sum())
    return Jobs(submit.astype(np.int64), nodes, run, req, mode.astype(np.int64))


def _times(rng: np.random.Generator, work: Workload, count: int) -> np.ndarray:
    mean = seconds(work.time)
    if work.distribution == "exponential":
        return rng.exponential(mean, count)
    if work.distribution == "lognormal":
        return rng.lognormal(np.log(mean) - work.spread**2 / 2, work.spread, count)
    return np.full(count, mean)
