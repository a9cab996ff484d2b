"""Imported results as ``results import``, ``results show`` and the report print them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from millwright.app.document import Part
from millwright.results.imports import Imported, ImportedRun, list_imports
from millwright.results.run_info import ImportSource
from millwright.results.runs import load_run
from millwright.results.tools.registry import TOOLS


class ImportedSeries(Part):
    """One series that the tool printed."""

    metric: str
    parameters: str
    """``name=value``, sorted by name and joined by commas."""
    label: str
    """The metric's meaning."""
    better: str
    """``higher`` or ``lower``."""
    unit: str
    values: tuple[float, ...]
    node: str
    """Empty if neither the output nor the importer names one."""
    device: str


class ImportedResults(Part):
    """What a tool printed elsewhere, marked as imported."""

    origin: Literal["imported"] = "imported"
    run_id: str
    tool: str
    check: str
    partition: str
    command: str
    version: str
    host: str
    vouched_by: str
    measured_at: str
    """ISO 8601 in UTC, or as printed; empty if it is not known."""
    remarks: tuple[str, ...]
    rejected: tuple[str, ...]
    """What does not count, and why."""
    files: tuple[str, ...]
    """The tool's own output, by path within the run's folder."""
    series: tuple[ImportedSeries, ...]


def imports_of(results: Path, facility: str) -> Iterator[ImportedResults]:
    """Every import of a facility, oldest first; raises :exc:`BadInputError` for one that was changed."""
    for run in list_imports(results, facility):
        load_run(run.path)
        yield describe_run(run)


def describe_run(run: ImportedRun) -> ImportedResults:
    """A stored import in declared form."""
    source = run.info.imported or ImportSource(run.imported.tool, run.imported.command, "", "", "")
    return describe_import(run.info.run_id, source, run.imported)


def describe_import(run_id: str, source: ImportSource, imported: Imported) -> ImportedResults:
    """A stored import in declared form."""
    metrics = TOOLS[imported.tool].metrics if imported.tool in TOOLS else {}
    series = []
    for each in imported.series:
        metric = metrics.get(each.metric)
        series.append(
            ImportedSeries(
                metric=each.metric,
                parameters=each.parameters,
                label=metric.label if metric else each.metric,
                better=metric.better if metric else "",
                unit=each.unit,
                values=each.values,
                node=each.node,
                device=each.device,
            )
        )
    return ImportedResults(
        run_id=run_id,
        tool=imported.tool,
        check=imported.check,
        partition=imported.partition,
        command=source.command,
        version=source.version,
        host=source.host,
        vouched_by=source.vouched_by,
        measured_at=imported.measured_at,
        remarks=imported.remarks,
        rejected=imported.rejected,
        files=tuple(f"imported/{file.name}" for file in imported.files),
        series=tuple(series),
    )
