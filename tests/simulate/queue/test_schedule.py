"""Schedules: against a naive reference, against formulas, and with reservations and reserves."""

import numpy as np
import pytest

from millwright.simulate.queue.analytic import mg1_wait_h, mmc
from millwright.simulate.queue.jobs import Jobs
from millwright.simulate.queue.outcome import batch_error
from millwright.simulate.queue.policy import CONSERVATIVE, EASY, FCFS, SLURM, Blocked, Mode, Reserve
from millwright.simulate.queue.schedule import make_schedule


def jobs_of(rows):
    columns = np.array([(*row, *[0] * (5 - len(row))) for row in rows], dtype=np.int64).T
    return Jobs(*columns)


def naive(rows, machine, keeps):
    """Start times by trying every second at which a job may start; ``keeps`` reservations."""
    waiting, running, starts, now = [], [], {}, 0
    arrivals = sorted(range(len(rows)), key=lambda job: (rows[job][0], job))
    while arrivals or waiting or running:
        times = [end for end, _, _ in running] + [rows[job][0] for job in arrivals[:1]]
        now = min(times)
        running = [each for each in running if each[0] > now]
        while arrivals and rows[arrivals[0]][0] <= now:
            waiting.append(arrivals.pop(0))
        plans = [(now, planned, width) for _, planned, width in running]
        kept, still = 0, []
        for job in waiting:
            _, width, run, req = rows[job]
            candidates = sorted({now, *[end for _, end, _ in plans]})

            def fits(at, width=width, req=req, plans=plans):
                points = [at, *[begin for begin, _, _ in plans if at < begin < at + req]]
                return all(
                    width + sum(w for begin, end, w in plans if begin <= point < end) <= machine
                    for point in points
                )

            at = next(time for time in candidates if fits(time))
            if at == now:
                starts[job] = now
                running.append((now + min(run, req), now + req, width))
                plans.append((now, now + req, width))
                continue
            still.append(job)
            if keeps == 0:
                still += waiting[waiting.index(job) + 1 :]
                break
            if kept < keeps:
                kept += 1
                plans.append((at, at + req, width))
        waiting = still
    return [starts[job] for job in range(len(rows))]


@pytest.mark.parametrize("seed", range(40))
def test_schedules_are_those_of_a_naive_reference(seed):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(30):
        run = int(rng.integers(1, 40))
        rows.append((int(rng.integers(0, 120)), int(rng.integers(1, 9)), run, run + int(rng.integers(0, 20))))
    rows.sort(key=lambda row: row[0])
    for policy, keeps in ((FCFS, 0), (EASY, 1), (CONSERVATIVE, 1000)):
        found = make_schedule(jobs_of(rows), 8, policy)
        assert found.start.tolist() == naive(rows, 8, keeps), policy.name


def exponential(seed, count, servers, load, service):
    rng = np.random.default_rng(seed)
    run = service(rng, count)
    submit = np.cumsum(rng.exponential(run.mean() / (servers * load), count))
    ones, none = np.ones(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    run = np.rint(run).astype(np.int64)
    return Jobs(submit.astype(np.int64), ones, run, run, none)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (10, 0.9), (100, 0.9)])
def test_single_node_jobs_wait_as_erlang_says(servers, load):
    hour = 3_600_000
    jobs = exponential(7, 400_000, servers, load, lambda rng, n: rng.exponential(hour, n))
    waits = make_schedule(jobs, servers, EASY).waits_s()[40_000:] / hour
    expected = mmc(load * servers, 1, servers).mean_wait_h
    assert abs(waits.mean() - expected) <= 4 * batch_error(waits)


def test_fixed_times_on_one_server_wait_as_pollaczek_and_khinchine_say():
    jobs = exponential(3, 400_000, 1, 0.8, lambda _rng, n: np.full(n, 3_600_000.0))
    waits = make_schedule(jobs, 1, FCFS).waits_s()[40_000:] / 3_600_000
    assert abs(waits.mean() - mg1_wait_h(0.8, 1, 1)) <= 4 * batch_error(waits)


def test_slurm_lets_no_job_pass_that_would_delay_the_second_waiting_one():
    """As a real slurmctld 24.11 did: the narrow long job stays behind the second waiting one."""
    rows = [(0, 6, 600, 600), (60, 8, 600, 600), (120, 9, 600, 600), (180, 2, 1200, 1200)]
    start = make_schedule(jobs_of(rows), 10, SLURM).start.tolist()
    assert start[1] == 600
    assert start[3] > start[2] >= 1200
    assert make_schedule(jobs_of(rows), 10, EASY).start[3] == 180
    assert make_schedule(jobs_of([rows[0], rows[1], rows[3]]), 10, SLURM).start[2] in range(180, 241)


def test_a_reservation_keeps_jobs_out_that_would_run_into_it():
    rows = [(0, 4, 100, 100), (0, 4, 20, 20), (150, 1, 10, 10)]
    for policy in (EASY, CONSERVATIVE):
        found = make_schedule(jobs_of(rows), 4, policy, blocked=[Blocked(50, 200, 4)])
        assert found.start.tolist() == [200, 0, 300]


def test_a_reserve_is_free_for_its_mode_and_for_no_other():
    modes = [Mode("emergency", 10), Mode("other")]
    rows = [(0, 3, 100, 100, 1), (0, 1, 100, 100, 1), (5, 1, 10, 10, 0), (6, 3, 10, 10, 0)]
    for policy in (EASY, CONSERVATIVE):
        found = make_schedule(jobs_of(rows), 4, policy, modes, reserve=Reserve("emergency", 1))
        assert found.start.tolist()[:3] == [0, 110, 5] or found.start.tolist()[:3] == [0, 100, 5]
        wide = make_schedule(jobs_of([(0, 4, 1, 1, 1)]), 4, policy, modes, reserve=Reserve("emergency", 1))
        assert wide.too_wide.tolist() == [0]


def test_pre_empted_jobs_never_run_beyond_the_machine_and_lose_what_they_had():
    rng = np.random.default_rng(5)
    count = 3000
    run = rng.integers(10, 400, count)
    jobs = Jobs(
        np.sort(rng.integers(0, 20_000, count)),
        rng.integers(1, 30, count),
        run,
        run + rng.integers(0, 50, count),
        (rng.random(count) > 0.1).astype(np.int64),
    )
    modes = [Mode("emergency", 10, ("other",)), Mode("other")]
    for policy in (EASY, SLURM, CONSERVATIVE):
        made = make_schedule(jobs, 40, policy, modes)
        assert (made.start >= jobs.submit).all()
        changes = [(int(s), int(n)) for s, n in zip(made.start, jobs.nodes, strict=True)]
        changes += [
            (int(s + h), -int(n)) for s, h, n in zip(made.start, jobs.held(), jobs.nodes, strict=True)
        ]
        used = np.cumsum([nodes for _, nodes in sorted(changes)])
        assert used.max() <= 40
        assert made.lost_node_s > 0
        assert made.stopped.sum() == len(made.cut)
