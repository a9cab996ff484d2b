"""Queues with exact results. Rates in jobs per hour, times in hours."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """Steady state of a first-come first-served queue."""

    p_wait: float
    mean_wait_h: float
    utilisation: float


def erlang_b(load: float, servers: int) -> float:
    """Share of jobs that find all servers busy in a loss system, by recursion.

    The textbook's sums of aᵏ/k! overflow from some hundred servers on.
    """
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def mmc(arrivals_per_h: float, services_per_h: float, servers: int) -> Waiting:
    """M/M/c: jobs of one node each, exponential times (Erlang C); the load must be below the servers."""
    load = arrivals_per_h / services_per_h
    used = load / servers
    blocked = erlang_b(load, servers)
    p_wait = blocked / (1 - used * (1 - blocked))
    return Waiting(p_wait, p_wait / (servers * services_per_h - arrivals_per_h), used)


def mg1_wait_h(arrivals_per_h: float, mean_h: float, second_moment_h2: float) -> float:
    """M/G/1: mean wait (Pollaczek-Khinchine)."""
    return arrivals_per_h * second_moment_h2 / (2 * (1 - arrivals_per_h * mean_h))


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """Jobs of one priority on one server."""

    arrivals_per_h: float
    mean_h: float
    second_moment_h2: float

    @property
    def load(self) -> float:
        """Share of the server that it asks for."""
        return self.arrivals_per_h * self.mean_h


def _residual_h(classes: Sequence[PriorityClass]) -> float:
    return sum(each.arrivals_per_h * each.second_moment_h2 for each in classes) / 2


def priority_waits_h(classes: Sequence[PriorityClass]) -> tuple[float, ...]:
    """Mean wait of each class, the highest first, without pre-emption (Cobham 1954)."""
    residual = _residual_h(classes)
    above = 0.0
    found = []
    for each in classes:
        upto = above + each.load
        found.append(residual / ((1 - above) * (1 - upto)))
        above = upto
    return tuple(found)


def preemptive_times_h(classes: Sequence[PriorityClass]) -> tuple[float, ...]:
    """Mean time in the system of each class if a job goes on later where it was pre-empted.

    Slurm's REQUEUE is another thing: it loses the work, and no such formula holds for it.
    """
    above = 0.0
    found = []
    for index, each in enumerate(classes):
        upto = above + each.load
        residual = _residual_h(classes[: index + 1])
        found.append(each.mean_h / (1 - above) + residual / ((1 - above) * (1 - upto)))
        above = upto
    return tuple(found)


def conserved(classes: Sequence[PriorityClass]) -> float:
    """Sum of load times wait, the same for every order of service (Kleinrock's conservation law)."""
    total = sum(each.load for each in classes)
    return total * _residual_h(classes) / (1 - total)
