"""Imported results as ``results import``, ``results show`` and the report print them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from millwright.app.document import Part
from millwright.app.measure.trust import Trust, open_run
from millwright.results.imports import Imported, ImportedRun, is_import, load_import
from millwright.results.run_info import ImportSource
from millwright.results.runs import list_runs
from millwright.results.tools.registry import TOOLS
from millwright.results.verification import SignatureCheck


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


def imports_of(results: Path, facility: str, trust: Trust) -> Iterator[ImportedResults]:
    """Every import of a facility, oldest first.

    Raises :exc:`NotTrustedError` for one that may not be relied on.
    """
    for run, _ in trusted_imports(results, facility, trust):
        yield describe_run(run)


def trusted_imports(
    results: Path, facility: str, trust: Trust
) -> Iterator[tuple[ImportedRun, SignatureCheck]]:
    """Every stored import of a facility with its signature, oldest first.

    Raises :exc:`NotTrustedError` for one that may not be relied on.
    """
    for path in list_runs(results, facility).runs:
        if is_import(path):
            run, signature = open_run(path, trust)
            yield load_import(path, run.info), signature


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
