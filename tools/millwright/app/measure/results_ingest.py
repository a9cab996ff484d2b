"""``millwright results ingest``: parse the kept output of an imported run again, into a sidecar."""

from pathlib import Path
from typing import Literal

from millwright import __version__
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.measure.stored_name import stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.core.files import replacing
from millwright.results.imports import derive, find_differences, load_import
from millwright.results.records import to_json
from millwright.results.run_info import iso_utc
from millwright.results.runs import find_run

SIDECARS = ".ingested"
"""Folder beside the runs of a facility."""


class ResultsIngest(Document):
    """What the parser of today reads in the kept output."""

    format: Literal["millwright-results-ingest/1"] = "millwright-results-ingest/1"
    run_id: str
    sidecar: str
    """File that now holds what was read; the run is unchanged."""
    millwright: str
    """Version whose parser read it."""
    parsed_at: str
    series: int
    same: bool
    differences: tuple[str, ...]
    """Against what was stored with the run."""


def ingest_again(
    context: Context, facility: str, run: str, results: Path, trust: Trust | None = None
) -> ResultsIngest:
    """Parse an imported run's files again; the signed run never changes.

    Raises :exc:`NotTrustedError` for a run that may not be relied on, and :exc:`BadInputError` for one that
    is none of ``results import``.
    """
    path = find_run(results, stored_name(facility, results), run)
    loaded, _ = open_run(path, trust or Trust())
    stored = load_import(loaded.path, loaded.info)
    derived = derive(loaded.path, stored.imported)
    differences = find_differences(stored.imported, derived)
    sidecar = loaded.path.parent / SIDECARS / f"{loaded.info.run_id}.json"
    sidecar.parent.mkdir(exist_ok=True)
    with replacing(sidecar) as partial:
        partial.write_text(to_json(derived), encoding="utf-8")
    return ResultsIngest(
        run_id=loaded.info.run_id,
        sidecar=str(sidecar),
        millwright=__version__,
        parsed_at=iso_utc(context.now()),
        series=len(derived.series),
        same=not differences,
        differences=differences,
    )
