"""Start times of jobs on a machine, under the rules of a scheduler."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from millwright.simulate.queue.jobs import Ints, Jobs
from millwright.simulate.queue.loop import schedule
from millwright.simulate.queue.policy import Blocked, Mode, Policy, Reserve


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """When each job started; jobs wider than the machine never do, and hold up no other."""

    jobs: Jobs
    start: Ints
    """Last start in seconds, -1 if it is too wide; work before it was lost."""
    first: Ints
    """First start."""
    stopped: Ints
    """How often it was pre-empted."""
    cut: tuple[tuple[int, int], ...]
    """Each start that was lost: job and time."""
    lost_node_s: int
    longest_queue: int
    too_wide: Ints
    """Jobs that ask for more nodes than there are."""

    def starts_of(self, job: int) -> tuple[int, ...]:
        """Every start of a job, those that were lost too."""
        return (*(time for other, time in self.cut if other == job), int(self.start[job]))

    def waits_s(self) -> Ints:
        """From submission to the start that counts; of those that started."""
        found: Ints = (self.start - self.jobs.submit)[self.start >= 0]
        return found


def make_schedule(  # noqa: PLR0913 - what a machine and its rules consist of
    jobs: Jobs,
    nodes: int,
    policy: Policy,
    modes: Sequence[Mode] = (Mode("all"),),
    *,
    blocked: Sequence[Blocked] = (),
    reserve: Reserve | None = None,
) -> Schedule:
    """Schedule jobs; ``jobs.mode`` counts into ``modes``. The queue's order: priority, submit time, file."""
    names = [each.name for each in modes]
    usable = nodes - (reserve.nodes if reserve else 0)
    own = names.index(reserve.mode) if reserve else -1
    limit = np.where(jobs.mode == own, nodes, usable)
    fits = jobs.nodes <= limit
    order = np.flatnonzero(fits)[np.argsort(jobs.submit[fits], kind="stable")]
    chosen = jobs.taken(order)
    priority = np.array([each.priority for each in modes], dtype=np.int64)[chosen.mode]
    ranked = np.lexsort((np.arange(len(order)), chosen.submit, -priority))
    key = np.empty(len(order), dtype=np.int64)
    key[ranked] = np.arange(len(order))
    preempts = np.array([[b in a.preempts for b in names] for a in modes], dtype=np.int64)
    start, first, stopped, cut, lost, longest = schedule(
        chosen.submit,
        chosen.nodes,
        chosen.run,
        chosen.req,
        chosen.mode,
        key,
        preempts,
        np.array([(b.start_s, b.end_s, b.nodes) for b in blocked], dtype=np.int64).reshape(-1, 3),
        nodes,
        own,
        reserve.nodes if reserve else 0,
        policy.reserves,
        policy.tests,
        policy.interval_s,
        policy.resolution_s,
        policy.window_s,
    )
    return Schedule(
        jobs,
        _spread(start, order, len(jobs)),
        _spread(first, order, len(jobs)),
        _spread(stopped, order, len(jobs)),
        tuple((int(order[job]), int(time)) for job, time in cut),
        int(lost),
        int(longest),
        np.flatnonzero(~fits),
    )


def _spread(values: Ints, order: Ints, count: int) -> Ints:
    found = np.full(count, -1, dtype=np.int64)
    found[order] = values
    return found
