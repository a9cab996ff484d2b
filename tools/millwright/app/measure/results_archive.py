"""``millwright results archive``: one run as an archive that others can keep, verify and report on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millwright import __version__
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.catalogue.catalogue import catalogue_file
from millwright.core.places import product_root
from millwright.facility import load_facility
from millwright.results.archive.container import Source, write_bag
from millwright.results.archive.contents import (
    CATALOGUE,
    DESCRIPTION,
    LABELS,
    SIGNERS,
    ArchiveDescription,
    run_files,
)
from millwright.results.archive.crate import METADATA, describe_crate
from millwright.results.evidence import Counted, Rejected
from millwright.results.manifest import sum_file
from millwright.results.records import to_json
from millwright.results.runs import Run, find_run

MEANINGS = {
    CATALOGUE: "Published peaks of accelerators that the report compares with",
    SIGNERS: "Public keys of who may sign runs, as known where the archive was made",
}


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """The run to archive and the file or folder to write."""

    facility: str
    to: Path
    """``.zip`` or ``.tar.gz``; any other name is a folder. Must not exist."""
    run: str | None = None
    """None for the newest."""
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)
    """What the run has to satisfy; its signers go into the archive."""


class ResultsArchive(Document):
    """The archive that was written."""

    format: Literal["millwright-results-archive/1"] = "millwright-results-archive/1"
    path: str
    facility: str
    run: str
    millwright: str
    """Version that makes the identical report from the archive."""
    files: int
    """Payload files."""
    sha256: str | None
    """Of the archive; null for a folder."""


def archive_run(context: Context, request: ArchiveRequest) -> ResultsArchive:
    """Write a run, its chain and all that its report is made from as BagIt with RO-Crate metadata.

    The same run gives the same bytes. Raises :exc:`NotTrustedError` for a run that may not be relied on,
    :exc:`BadInputError` for an unknown run and for a target that exists, and :exc:`NotTestableError` if the
    archive can't be written.
    """
    facility = stored_name(request.facility, request.results)
    path = find_run(request.results, facility, request.run)
    context.progress.step("archive", f"reading {path.name}")
    run, _ = open_run(path, request.trust)
    payload = _payload(request, run, facility)
    context.progress.step("archive", f"writing {len(payload)} files to {request.to}")
    write_bag(request.to, f"{facility}-{path.name}", payload, _labels(run))
    context.progress.done("archive", str(request.to))
    return ResultsArchive(
        path=str(request.to),
        facility=facility,
        run=path.name,
        millwright=__version__,
        files=len(payload),
        sha256=sum_file(request.to) if request.to.is_file() else None,
    )


def _payload(request: ArchiveRequest, run: Run, facility: str) -> dict[str, Source]:
    product = product_files()
    if signers := request.trust.signers:
        product[SIGNERS] = signers
    description = ArchiveDescription(
        facility=facility,
        run=run.info.run_id,
        run_folder="/".join(run.path.parts[-3:]),
        millwright=__version__,
        product={name: sum_file(path) for name, path in sorted(product.items())},
    )
    payload: dict[str, Source] = {**run_files(request.results, facility, run.info.run_id), **product}
    payload[DESCRIPTION] = to_json(description).encode()
    cases: tuple[Counted | Rejected, ...] = (*run.counted, *run.rejected)
    payload[METADATA] = describe_crate(
        run.info,
        load_facility(run.facility_file).title,
        {name: _size(source) for name, source in payload.items()},
        cases,
        {name: MEANINGS.get(name, "Words of the report") for name in product},
    )
    return payload


def product_files() -> dict[str, Path]:
    """The product's data that reports are made with, by path within an archive."""
    labels = sorted((product_root() / "reports" / "labels").glob("*.yaml"))
    return {CATALOGUE: catalogue_file(), **{f"{LABELS}/{path.name}": path for path in labels}}


def _size(source: Source) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _labels(run: Run) -> dict[str, str]:
    """Labels of bag-info.txt; all from the run, so that equal runs make equal archives."""
    finished = run.info.finished or run.info.started
    return {
        "Source-Organization": run.info.facility,
        "External-Identifier": f"{run.info.facility}/{run.info.run_id}",
        "External-Description": f"Millwright run {run.info.run_id} with its raw output, as an RO-Crate",
        "Bagging-Date": finished[:10],
        "Bag-Software-Agent": f"Millwright {__version__}",
    }
