"""What others measured, for a table of its own: it has no verdict and enters no figure."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from millwright.results.imports import ImportedRun
from millwright.results.imports import ImportedSeries as StoredSeries
from millwright.results.tools.registry import TOOLS


@dataclass(frozen=True, slots=True)
class ImportedSeries:
    """One series that a tool printed."""

    metric: str
    says: str
    parameters: str
    """``name=value``, sorted by name and joined by commas."""
    unit: str
    better: str
    """``higher``, ``lower``, or empty if the tool has no parser here."""
    node: str
    """Empty if neither the output nor the importer names one."""
    device: str
    n: int
    median: float
    minimum: float
    maximum: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """The output of a tool that ran elsewhere, and who vouches for it."""

    origin: Literal["imported"]
    run_id: str
    tool: str
    version: str
    """Of the tool; empty if it is not known, and so are the next four."""
    check: str
    group: str
    """Partition."""
    command: str
    host: str
    vouched_by: str
    measured_at: str
    remarks: tuple[str, ...]
    rejected: tuple[str, ...]
    """What does not count of the output, and why."""
    files: tuple[str, ...]
    """The tool's own output, by path within the folder of its run."""
    signature: str
    """State of the signature of its run's manifest."""
    series: tuple[ImportedSeries, ...]


def describe_import(run: ImportedRun, signature: str) -> Imported:
    """A stored import as the report holds it."""
    found, source = run.imported, run.info.imported
    return Imported(
        origin="imported",
        run_id=run.info.run_id,
        tool=found.tool,
        version=source.version if source else "",
        check=found.check,
        group=found.partition,
        command=source.command if source else found.command,
        host=source.host if source else "",
        vouched_by=source.vouched_by if source else "",
        measured_at=found.measured_at,
        remarks=found.remarks,
        rejected=found.rejected,
        files=tuple(f"imported/{file.name}" for file in found.files),
        signature=signature,
        series=tuple(_series(found.tool, found.series)),
    )


def _series(tool: str, stored: tuple[StoredSeries, ...]) -> Iterator[ImportedSeries]:
    metrics = TOOLS[tool].metrics if tool in TOOLS else {}
    for each in stored:
        metric = metrics.get(each.metric)
        if each.values:
            yield ImportedSeries(
                metric=each.metric,
                says=metric.label if metric else each.metric,
                parameters=each.parameters,
                unit=each.unit,
                better=metric.better if metric else "",
                node=each.node,
                device=each.device,
                n=len(each.values),
                median=statistics.median(each.values),
                minimum=min(each.values),
                maximum=max(each.values),
                values=each.values,
            )
