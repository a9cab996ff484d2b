"""Files beside a run that a report shows figures of: described inputs, and results of simulations."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from millwright.app.context import Context
from millwright.app.simulate.goodput import GoodputReport
from millwright.app.simulate.queue import QueueReport
from millwright.app.site.figures import compute_figures
from millwright.core.errors import BadInputError, Problem
from millwright.report.figure_sets import FigureLine, FigureSet
from millwright.results.manifest import sum_file

MAX_FILE_CHARACTERS = 10_000_000
"""What is longer is cut, and then no JSON."""
SIMULATIONS: dict[str, type[GoodputReport | QueueReport]] = {
    "millwright-simulate-goodput/1": GoodputReport,
    "millwright-simulate-queue/1": QueueReport,
}


def read_figures(context: Context, files: Iterable[Path]) -> tuple[FigureSet, ...]:
    """The figures of each file: YAML of ``millwright figures``, or JSON that ``millwright simulate`` printed.

    Raises :exc:`BadInputError` with every problem of all files.
    """
    problems: list[Problem] = []
    sets: list[FigureSet] = []
    for file in files:
        try:
            sets.append(_simulated(file) if file.suffix == ".json" else _computed(context, file))
        except BadInputError as error:
            problems.extend(error.problems)
    if problems:
        raise BadInputError(problems)
    return tuple(sets)


def _computed(context: Context, file: Path) -> FigureSet:
    (found,) = compute_figures(context, [file]).files
    return FigureSet(
        file=file.name,
        sha256=sum_file(file),
        kind=found.kind,
        title=found.title,
        source=found.source,
        source_kind=found.source_kind,
        date=found.date,
        figures=tuple(FigureLine(each.name, each.value, each.unit, each.source) for each in found.figures),
    )


def _simulated(file: Path) -> FigureSet:
    report = _read(file)
    lines = _goodput(report) if isinstance(report, GoodputReport) else _queue(report)
    kind = "simulate-goodput" if isinstance(report, GoodputReport) else "simulate-queue"
    return FigureSet(
        file=file.name,
        sha256=sum_file(file),
        kind=kind,
        title=report.title,
        source=f"scenario of millwright {kind.replace('-', ' ')}",
        source_kind=report.weakest_kind,
        date="",
        figures=tuple(lines),
    )


def _read(file: Path) -> GoodputReport | QueueReport:
    expected = "JSON that millwright simulate prints with --json"
    try:
        with file.open(encoding="utf-8") as text:
            data = json.loads(text.read(MAX_FILE_CHARACTERS))
        model = SIMULATIONS[data["format"]]
        return model.model_validate(data)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        reason = " ".join(str(error).split())[:300]
        problem = f"no result of a simulation: {reason}"
        raise BadInputError([Problem(str(file), "-", problem, expected, code="MW7045")]) from error


def _goodput(report: GoodputReport) -> Iterator[FigureLine]:
    method = report.method
    low, high = report.productive_h_interval
    yield FigureLine("goodput", report.goodput, "1", method)
    yield FigureLine("standard_error", report.standard_error, "1", f"of the mean over {report.draws} draws")
    yield FigureLine("productive_h", report.productive_h, "h", method)
    yield FigureLine("productive_h_low", low, "h", "95 % of the draws")
    yield FigureLine("productive_h_high", high, "h", "95 % of the draws")
    yield FigureLine("mtti", report.mtti_s, "s", "of the job")
    yield FigureLine("work_between_checkpoints", report.work_between_checkpoints_s, "s", "as stated or best")
    for cause, share in report.badput.items():
        yield FigureLine(f"badput.{cause}", share, "1", "share of time")
    if report.tender:
        tender = report.tender
        yield FigureLine("tender.goodput", tender.goodput, "1", "target")
        bandwidth = tender.checkpoint_bandwidth_gb_s
        yield FigureLine("tender.checkpoint_bandwidth", bandwidth, "GB/s", "for this job alone")
        yield FigureLine("tender.longest_checkpoint", tender.longest_checkpoint_s, "s", "to reach the target")
        confidence = f"with {tender.spare_confidence:g} confidence"
        yield FigureLine("tender.spares", float(tender.spares), "1", confidence)


def _queue(report: QueueReport) -> Iterator[FigureLine]:
    yield FigureLine("load", report.load, "1", report.method)
    for policy in (report.chosen, report.beside):
        yield FigureLine(f"{policy.policy}.utilisation", policy.utilisation, "1", report.method)
        for mode in policy.waits:
            name, jobs = f"{policy.policy}.{mode.mode}", f"{mode.jobs} jobs"
            yield FigureLine(f"{name}.mean", mode.mean_h, "h", f"{jobs}, {report.method}")
            yield FigureLine(f"{name}.p50", mode.p50_h, "h", jobs)
            yield FigureLine(f"{name}.p90", mode.p90_h, "h", jobs)
            yield FigureLine(f"{name}.p99", mode.p99_h, "h", jobs)
    if report.headroom:
        yield FigureLine("headroom.years", report.headroom.years, "years", f"of mode {report.headroom.mode}")
