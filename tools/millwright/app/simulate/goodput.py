"""``millwright simulate goodput``: the productive share of a training job."""

from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError
from millwright.simulate.goodput.consistency import compare, published_runs
from millwright.simulate.goodput.scenario import GoodputScenario, find_problems
from millwright.simulate.scenario_file import load_scenario

EXAMPLE_COMMAND = "millwright simulate goodput --example"


class TenderLines(Part):
    """What to ask for in a tender to reach the target."""

    goodput: float
    checkpoint_bandwidth_gb_s: float | None
    """For this job alone; null if none is enough, or the size of the state is not given."""
    longest_checkpoint_s: float | None
    spares: int
    spare_confidence: float
    left_out: tuple[str, ...]
    """What the closed form of the bandwidth does not contain."""


class PublishedFigure(Part):
    """A published figure beside the model's."""

    name: str
    published: float
    unit: str
    model: float
    low: float | None
    high: float | None
    result: str
    """``consistent`` or ``outside the model``."""
    assumes: str
    source: str
    kind: str


class GoodputReport(Document):
    """Goodput of a job, its interval, and where the rest of its time goes."""

    format: Literal["millwright-simulate-goodput/1"] = "millwright-simulate-goodput/1"
    title: str
    method: str
    """``closed form`` or ``simulation``."""
    not_closed: tuple[str, ...]
    """Why the closed form does not hold."""
    goodput: float
    standard_error: float
    """Of the mean over the draws."""
    simulated_goodput: float
    productive_h: float
    productive_h_interval: tuple[float, float]
    """Of 95 % of the draws."""
    draws: int
    work_between_checkpoints_s: float
    best_work_s: float
    mtti_s: float
    first_order_goodput: float | None
    """Young's approximation; null where it is off by more than a point, and refused."""
    badput: dict[str, float]
    """Share of time by cause, in the words of Google's goodput library."""
    failures: dict[str, float]
    """Mean count by class."""
    most_in_repair: int
    tender: TenderLines | None
    weakest_kind: str
    """How the least known input is known."""
    published: tuple[PublishedFigure, ...]
    """Published runs beside the model."""
    plot: str | None = None
    """File that was drawn."""


def simulate_job(context: Context, file: Path, plot: Path | None = None) -> GoodputReport:
    """Simulate the job of a scenario file; raises :exc:`BadInputError` with every problem of it."""
    scenario = load_scenario(file, GoodputScenario, EXAMPLE_COMMAND)
    problems = [finding.in_file(str(file)) for finding in find_problems(scenario)]
    if problems:
        raise BadInputError(problems)
    context.progress.step("simulate", f"{scenario.draws} draws; the first time, code is compiled for it")
    from millwright.simulate.goodput.outcome import simulate_goodput  # noqa: PLC0415 - loads numba

    found = simulate_goodput(scenario)
    context.progress.done("simulate", f"{scenario.draws} draws")
    if plot:
        from millwright.report.simulation_plots import draw_goodput  # noqa: PLC0415 - loads matplotlib

        plot.write_text(draw_goodput(scenario.title, found.draws, found.badput), encoding="utf-8")
    tender = found.tender
    return GoodputReport(
        title=scenario.title,
        method=found.method,
        not_closed=found.not_closed,
        goodput=found.goodput,
        standard_error=found.standard_error,
        simulated_goodput=found.simulated_goodput,
        productive_h=found.productive_h,
        productive_h_interval=found.productive_h_interval,
        draws=scenario.draws,
        work_between_checkpoints_s=found.work_between_checkpoints_s,
        best_work_s=found.best_work_s,
        mtti_s=found.mtti_s,
        first_order_goodput=found.first_order,
        badput=found.badput,
        failures=found.failures,
        most_in_repair=found.most_in_repair,
        tender=TenderLines(
            goodput=tender.goodput,
            checkpoint_bandwidth_gb_s=tender.checkpoint_bandwidth_gb_s,
            longest_checkpoint_s=tender.longest_checkpoint_s,
            spares=tender.spares,
            spare_confidence=tender.spare_confidence,
            left_out=tender.left_out,
        )
        if tender
        else None,
        weakest_kind=found.weakest_kind,
        published=tuple(PublishedFigure(**compare(run).model_dump()) for run in published_runs()),
        plot=str(plot) if plot else None,
    )
