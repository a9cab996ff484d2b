"""``millwright results export``: the samples of one run, or of all, as one table."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.measure.results_show import warn_of_newer
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.core.errors import BadInputError, Problem
from millwright.results.runs import find_run, list_runs
from millwright.results.tables import export, tabulate


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The runs to export and the file to write."""

    facility: str
    to: Path
    """``.csv`` or ``.parquet``; replaced whole."""
    run: str | None = None
    """None for the newest."""
    every_run: bool = False
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)


class ResultsExport(Document):
    """The table that was written."""

    format: Literal["millwright-results-export/1"] = "millwright-results-export/1"
    file: str
    samples: int
    """Rows of the table."""
    runs: tuple[str, ...]


def export_results(context: Context, request: ExportRequest) -> ResultsExport:
    """Write every sample of the newest run, of the one named, or of all runs as one table.

    Raises :exc:`NotTrustedError` for a run that may not be relied on, and :exc:`BadInputError` if there is no
    such run, for a run together with ``every_run``, and for another suffix than those known.
    """
    paths = _to_export(context, request)
    runs = []
    for number, path in enumerate(paths, start=1):
        if len(paths) > 1:
            context.progress.step("read", f"{number} of {len(paths)}: {path.name}")
        runs.append(open_run(path, request.trust)[0])
    table = tabulate(runs)
    export(table, request.to)
    return ResultsExport(
        file=str(request.to), samples=len(table), runs=tuple(run.info.run_id for run in runs)
    )


def _to_export(context: Context, request: ExportRequest) -> list[Path]:
    if request.every_run and request.run:
        raise BadInputError(
            [Problem("--all", request.run, "one run and all runs", "one of them", code="MW2217")]
        )
    name = stored_name(request.facility, request.results)
    if not (request.every_run or request.run):
        warn_of_newer(context, request.results, name)
    every = list_runs(request.results, name).runs if request.every_run else ()
    return list(every) or [find_run(request.results, name, request.run)]
