"""``millwright report``: the capacity report of a stored run."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from millwright import __version__
from millwright.adapters.openssh.signatures import check_signature
from millwright.app.context import Context
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
from millwright.results.manifest import sum_file
from millwright.results.runs import find_run, load_run
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
    assessment = _assess(path, request.allowed_signers)
    content = build_content(assessment, run_folder="/".join(path.parts[-3:]), version=__version__)
    json_text, html = to_json(content), render_html(content, checkout() / "reports", request.language)
    folder = write_report(request.output, content.facility, content.run_id, html=html, json_text=json_text)
    is_bad = assessment.signature.state == "bad"
    return ReportOutcome(
        page=folder / HTML_FILE,
        json_file=folder / JSON_FILE,
        json_text=json_text,
        exit_code=ExitCode.FAIL if is_bad else assessment.scorecard.exit_code,
    )


def _assess(path: Path, allowed_signers: Path | None) -> Assessment:
    run = load_run(path)
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    return assess(
        load_facility(run.facility_file),
        run,
        load_catalogue(),
        catalogue_sum=sum_file(catalogue_file()),
        signature=verify_run(path, checker).signature,
    )
