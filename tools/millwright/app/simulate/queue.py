"""``millwright simulate queue``: waits by access mode."""

import dataclasses
import math
from pathlib import Path
from typing import Any, Literal, NoReturn

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, Problem
from millwright.simulate.quantity import kinds_in, weakest
from millwright.simulate.queue.scenario import QueueScenario, TraceFile, find_problems
from millwright.simulate.queue.trace_files import Trace, TraceError, read_sacct, read_swf
from millwright.simulate.scenario_file import load_scenario

EXAMPLE_COMMAND = "millwright simulate queue --example"


class ModeLine(Part):
    """Waits of one mode, in hours; null if none of its jobs started."""

    mode: str
    jobs: int
    mean_h: float | None
    standard_error_h: float | None
    """Of the mean, from batch means."""
    p50_h: float | None
    p90_h: float | None
    p99_h: float | None
    stopped: int
    """Starts that were lost to other modes."""


class PolicyLines(Part):
    """The jobs under one policy."""

    policy: str
    waits: tuple[ModeLine, ...]
    mean_wait_h: float | None
    utilisation: float
    lost_node_h: float
    longest_queue: int
    too_wide: int
    """Jobs wider than the machine; they never wait in the queue of others."""


class ErlangLine(Part):
    """The exact result, where the jobs are an M/M/c queue."""

    p_wait: float
    mean_wait_h: float
    utilisation: float


class HeadroomLine(Part):
    """Until when a mode waits no longer than it may; null if it never does longer."""

    mode: str
    load: float | None
    factor: float | None
    years: float | None


class QueueReport(Document):
    """How long jobs wait, what a reserve costs, and when headroom ends."""

    format: Literal["millwright-simulate-queue/1"] = "millwright-simulate-queue/1"
    title: str
    method: str
    """``closed form`` where Erlang C is exact, else ``simulation``."""
    load: float | None
    """Null if all jobs arrive at once."""
    chosen: PolicyLines
    beside: PolicyLines
    """The same jobs under another policy, since waits differ by the policy."""
    closed_form: ErlangLine | None
    without_reserve: PolicyLines | None
    headroom: HeadroomLine | None
    left_out: dict[str, int]
    """Jobs of the trace by why they were left out."""
    weakest_kind: str
    plot: str | None = None


def simulate_waits(context: Context, file: Path, plot: Path | None = None) -> QueueReport:
    """Simulate the queue of a scenario file; raises :exc:`BadInputError` with every problem of it."""
    scenario = load_scenario(file, QueueScenario, EXAMPLE_COMMAND)
    problems = [finding.in_file(str(file)) for finding in find_problems(scenario)]
    if problems:
        raise BadInputError(problems)
    from millwright.simulate.queue.outcome import simulate_queue  # noqa: PLC0415 - loads numba
    from millwright.simulate.queue.workload import make_jobs  # noqa: PLC0415

    trace = _read(scenario, scenario.trace, file.parent) if scenario.trace else None
    jobs = trace.jobs if trace else make_jobs(scenario, scenario.workload) if scenario.workload else None
    if jobs is None:
        raise AssertionError("refused by the model")
    context.progress.step("simulate", f"{len(jobs):,} jobs; the first time, code is compiled for it")
    if scenario.headroom and not math.isfinite(jobs.load(scenario.nodes)):
        _refuse(file, "headroom", "all jobs arrive at once", "a longer trace")
    found = simulate_queue(scenario, jobs)
    if found.headroom and not next(w.jobs for w in found.chosen.waits if w.mode == found.headroom.mode):
        problem = f"no job of {found.headroom.mode} ever starts"
        _refuse(file, "headroom.mode", problem, "a mode with jobs that fit")
    context.progress.done("simulate", f"{len(jobs):,} jobs")
    report = QueueReport(
        title=scenario.title,
        method="closed form" if found.closed_form else "simulation",
        load=found.load if math.isfinite(found.load) else None,
        chosen=_policy(found.chosen),
        beside=_policy(found.beside),
        closed_form=ErlangLine(**dataclasses.asdict(found.closed_form)) if found.closed_form else None,
        without_reserve=_policy(found.without_reserve) if found.without_reserve else None,
        headroom=HeadroomLine(**dataclasses.asdict(found.headroom)) if found.headroom else None,
        left_out=dict(trace.left_out) if trace else {},
        weakest_kind=weakest(kinds_in(scenario)),
        plot=str(plot) if plot else None,
    )
    if plot:
        from millwright.report.simulation_plots import draw_waits  # noqa: PLC0415 - loads matplotlib

        rows = [(each.mode, each.p50_h, each.p90_h, each.p99_h) for each in report.chosen.waits]
        plot.write_text(draw_waits(report.title, rows), encoding="utf-8")
    return report


def _refuse(file: Path, key: str, problem: str, expected: str) -> NoReturn:
    raise BadInputError([Problem(str(file), key, problem, expected, code="MW7588")])


def _read(scenario: QueueScenario, trace: TraceFile, folder: Path) -> Trace:
    path = folder / trace.file
    try:
        with path.open(encoding="utf-8") as lines:
            if trace.form == "swf":
                return read_swf(lines, trace.processors_per_node)
            return read_sacct(lines, [each.name for each in scenario.modes])
    except (OSError, UnicodeDecodeError) as error:
        problem = f"can't be read: {error}"
        raise BadInputError([Problem(str(path), "-", problem, "a trace of jobs", code="MW8081")]) from error
    except TraceError as error:
        raise BadInputError(finding.in_file(str(path)) for finding in error.findings) from error


def _policy(outcome: Any) -> PolicyLines:  # noqa: ANN401 - of a module that loads numba
    values = _without_nan(dataclasses.asdict(outcome))
    waits = tuple(ModeLine(**_without_nan(each)) for each in values.pop("waits"))
    return PolicyLines(**values, waits=waits)


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value != value else value for key, value in values.items()}  # noqa: PLR0124
