"""``millwright report``: the capacity report of a stored run."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from millwright import __version__
from millwright.adapters.openssh.signatures import check_signature
from millwright.app.context import Context
from millwright.app.measure.opened_archive import OpenedArchive, opened_archive
from millwright.app.measure.stored_name import DEFAULT_REPORTS, DEFAULT_RESULTS, stored_name
from millwright.app.signing import known_signers
from millwright.capacity.assessment import Assessment, assess
from millwright.catalogue.catalogue import catalogue_file, load_catalogue
from millwright.core.errors import ExitCode
from millwright.core.places import checkout
from millwright.facility import load_facility
from millwright.report.build import build_content
from millwright.report.content import to_json
from millwright.report.html import render_html
from millwright.report.writing import HTML_FILE, JSON_FILE, write_report
from millwright.results.evidence import Counted, Rejected
from millwright.results.facts import read_facts, summarise
from millwright.results.manifest import sum_file
from millwright.results.runs import Run, find_run, load_run
from millwright.results.verification import verify_run


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The run to report on and the way the report is written."""

    facility: str
    run: str | None = None
    """None for the newest."""
    output: Path = DEFAULT_REPORTS
    results: Path = DEFAULT_RESULTS
    allowed_signers: Path | None = None
    language: str = "en"
    """Name of a file in ``reports/labels/``."""
    catalogue: Path | None = None
    """None for the catalogue of this installation."""
    run_folder: str | None = None
    """How the report names the run's folder; None for the end of its path."""


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The files of a report; ``json_text`` is the content of ``json_file``."""

    page: Path
    json_file: Path
    json_text: str
    exit_code: ExitCode
    """The run's own verdict; 1 as well if its signature is bad."""


def write_capacity_report(context: Context, request: ReportRequest) -> ReportOutcome:
    """Judge a stored run and write its page and its JSON; the same run gives the same bytes.

    Raises :exc:`BadInputError` for an unknown or changed run and for a language without labels.
    """
    path = find_run(request.results, stored_name(request.facility, request.results), request.run)
    context.progress.step("report", "judging the run and drawing its distributions")
    assessment = _assess(path, request.allowed_signers, request.catalogue or catalogue_file())
    run_folder = request.run_folder or "/".join(path.parts[-3:])
    content = build_content(
        assessment, run_folder=run_folder, version=__version__, facts=_collected(assessment.run)
    )
    json_text, html = to_json(content), render_html(content, checkout() / "reports", request.language)
    folder = write_report(request.output, content.facility, content.run_id, html=html, json_text=json_text)
    is_bad = assessment.signature.state == "bad"
    return ReportOutcome(
        page=folder / HTML_FILE,
        json_file=folder / JSON_FILE,
        json_text=json_text,
        exit_code=ExitCode.FAIL if is_bad else assessment.scorecard.exit_code,
    )


def write_archived_report(context: Context, archive: Path, request: ReportRequest) -> ReportOutcome:
    """Write the report of an archived run: the one that was written where the archive was made.

    Of the request, output and language count, and signers if it names any: else those that the archive
    brings. Raises :exc:`BadInputError` for an archive that is hostile, broken or changed.
    """
    with opened_archive(context, archive) as opened:
        if request.allowed_signers is None:
            context.warn(f"{archive}: the signers are those of the archive; --allowed-signers names yours")
        return write_capacity_report(context, _within(opened, request))


def _collected(run: Run) -> dict[str, str]:
    """What the jobs collected of their nodes, as the report repeats it."""
    cases: tuple[Counted | Rejected, ...] = (*run.counted, *run.rejected)
    return summarise(read_facts(run.path, (case.origin for case in cases)))


def _within(opened: OpenedArchive, request: ReportRequest) -> ReportRequest:
    return replace(
        request,
        facility=opened.facility,
        run=opened.run,
        results=opened.results,
        allowed_signers=request.allowed_signers or opened.allowed_signers,
        catalogue=opened.catalogue,
        run_folder=opened.run_folder,
    )


def _assess(path: Path, allowed_signers: Path | None, catalogue: Path) -> Assessment:
    run = load_run(path)
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    return assess(
        load_facility(run.facility_file),
        run,
        load_catalogue(catalogue),
        catalogue_sum=sum_file(catalogue),
        signature=verify_run(path, checker).signature,
    )
