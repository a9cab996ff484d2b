"""``millwright report``: the capacity report of a stored run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from millwright import __version__
from millwright.app.context import Context
from millwright.app.measure.imported import trusted_imports
from millwright.app.measure.opened_archive import OpenedArchive, opened_archive
from millwright.app.measure.report_figures import read_figures
from millwright.app.measure.results_show import warn_of_newer
from millwright.app.measure.stored_name import DEFAULT_REPORTS, DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.capacity.assessment import Assessment, assess
from millwright.catalogue.catalogue import catalogue_file, load_catalogue
from millwright.core.errors import ExitCode
from millwright.core.files import write_output
from millwright.core.places import product_root
from millwright.facility import load_facility
from millwright.facility.topics.contract import load_contract
from millwright.report.build import Beside, build_content
from millwright.report.content import ReportContent, to_json
from millwright.report.front import StatedContract
from millwright.report.html import render_html
from millwright.report.imported import Imported, describe_import
from millwright.report.labels import Words, load_labels
from millwright.report.registry import BLOCK_SECTIONS, ORDER, build_sections
from millwright.report.renderers.csv_files import render_csv
from millwright.report.renderers.json_blocks import render_json
from millwright.report.section import Section, load_site_sections
from millwright.report.writing import HTML_FILE, JSON_FILE, write_report
from millwright.results.chain import Chain
from millwright.results.evidence import Counted, Rejected
from millwright.results.facts import CaseFacts, read_facts
from millwright.results.manifest import sum_file
from millwright.results.runs import Run, find_run, list_runs

REPORTS = product_root() / "reports"
"""Templates, styles and labels."""


@dataclass(frozen=True, slots=True)
class Forms:
    """Files beside the page and its JSON; None for those that are not asked for."""

    xlsx: Path | None = None
    pdf: Path | None = None
    csv: Path | None = None
    """Folder: one file a table."""
    blocks: Path | None = None
    """JSON of the blocks that every form is made from."""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """The run to report on and the way the report is written."""

    facility: str
    run: str | None = None
    """None for the newest."""
    output: Path = DEFAULT_REPORTS
    results: Path = DEFAULT_RESULTS
    language: str = "en"
    """Name of a file in ``reports/labels/``."""
    catalogue: Path | None = None
    """None for the catalogue of this installation."""
    run_folder: str | None = None
    """How the report names the run's folder; None for the end of its path."""
    trust: Trust = field(default_factory=Trust)
    contract: Path | None = None
    """File that states the contract; None for what the facility file of the run states."""
    figures: tuple[Path, ...] = ()
    """Described inputs and results of simulations."""
    compare: tuple[str, ...] = ()
    """Runs of the same facility to compare with."""
    forms: Forms = field(default_factory=Forms)
    sections: Path | None = None
    """Folder of the site's own sections."""


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """The files of a report; ``json_text`` is the content of ``json_file``."""

    page: Path
    json_file: Path
    json_text: str
    exit_code: ExitCode
    """The run's own verdict."""
    others: tuple[Path, ...] = ()
    """Files of other forms that were asked for."""


def write_capacity_report(context: Context, request: ReportRequest) -> ReportOutcome:
    """Judge a stored run and write its page and its JSON; equal results give the same bytes.

    Raises :exc:`NotTrustedError` for a run that may not be relied on, and :exc:`BadInputError` for an
    unknown run and for a language without labels.
    """
    name = stored_name(request.facility, request.results)
    path = find_run(request.results, name, request.run)
    if request.run is None:
        warn_of_newer(context, request.results, name)
    context.progress.step("report", "judging the run and drawing its distributions")
    chain = list_runs(request.results, name).chain
    assessment = _assess(path, request.trust, request.catalogue or catalogue_file(), chain)
    run_folder = request.run_folder or "/".join(path.parts[-3:])
    content = build_content(
        assessment,
        run_folder=run_folder,
        version=__version__,
        beside=Beside(
            contract=_contract(request.contract),
            cases=_facts(assessment.run),
            imported=tuple(_imported(request, name)),
            figures=read_figures(context, request.figures),
            others=tuple(_others(request, name, chain)),
        ),
    )
    sections, words = _sections(request)
    json_text = to_json(content)
    html = render_html(content, REPORTS, sections=sections, words=words)
    folder = write_report(
        request.output,
        content.facility,
        content.run_id,
        html=html,
        json_text=json_text,
        order=[link.run_id for link in chain.links],
    )
    return ReportOutcome(
        page=folder / HTML_FILE,
        json_file=folder / JSON_FILE,
        json_text=json_text,
        exit_code=assessment.scorecard.exit_code,
        others=_write_forms(request.forms, content, sections, words),
    )


def write_archived_report(context: Context, archive: Path, request: ReportRequest) -> ReportOutcome:
    """Write the report of an archived run: the one that was written where the archive was made.

    Of the request, output, language and the reader's commitments count, and signers if it names any: else
    those that the archive brings. Raises :exc:`BadInputError` for an archive that is hostile, broken or
    changed.
    """
    with opened_archive(context, archive) as opened:
        if request.trust.allowed_signers is None:
            context.warn(f"{archive}: the signers are those of the archive; --allowed-signers names yours")
        return write_capacity_report(context, _within(opened, request))


def _sections(request: ReportRequest) -> tuple[tuple[Section, ...], Words]:
    """The product's sections and those of the site, with all their labels."""
    words = load_labels(REPORTS, request.language)
    if request.sections is None:
        return BLOCK_SECTIONS, words
    own = load_site_sections(request.sections, request.language, (*ORDER, *words))
    for _, labels in own:
        words |= labels
    return (*BLOCK_SECTIONS, *(section for section, _ in own)), words


def _write_forms(
    forms: Forms, content: ReportContent, sections: Sequence[Section], words: Words
) -> tuple[Path, ...]:
    if forms == Forms():
        return ()
    built = tuple(build_sections(content, words, sections))
    written: list[Path] = []
    if forms.xlsx:
        from millwright.report.renderers.xlsx import render_xlsx  # noqa: PLC0415 - loads openpyxl

        written.append(write_output(forms.xlsx, render_xlsx(content, built, words)))
    if forms.pdf:
        from millwright.report.renderers.pdf import render_pdf  # noqa: PLC0415 - loads typst

        written.append(write_output(forms.pdf, render_pdf(content, built, REPORTS, words)))
    if forms.blocks:
        written.append(write_output(forms.blocks, render_json(content, built).encode()))
    if forms.csv:
        written += [write_output(forms.csv / name, text.encode()) for name, text in render_csv(built, words)]
    return tuple(written)


def _facts(run: Run) -> tuple[CaseFacts, ...]:
    """What the jobs collected of their nodes."""
    cases: tuple[Counted | Rejected, ...] = (*run.counted, *run.rejected)
    return tuple(read_facts(run.path, (case.origin for case in cases)))


def _contract(path: Path | None) -> StatedContract | None:
    return StatedContract(load_contract(path), path.name, sum_file(path)) if path else None


def _imported(request: ReportRequest, facility: str) -> Iterator[Imported]:
    for run, signature in trusted_imports(request.results, facility, request.trust):
        yield describe_import(run, signature.state)


def _others(request: ReportRequest, name: str, chain: Chain) -> Iterator[Assessment]:
    """The runs to compare with, each as trustworthy as the run itself has to be."""
    for run in request.compare:
        path = find_run(request.results, name, run)
        yield _assess(path, request.trust, request.catalogue or catalogue_file(), chain)


def _within(opened: OpenedArchive, request: ReportRequest) -> ReportRequest:
    signers = request.trust.allowed_signers or opened.allowed_signers
    return replace(
        request,
        facility=opened.facility,
        run=opened.run,
        results=opened.results,
        trust=replace(request.trust, allowed_signers=signers),
        catalogue=opened.catalogue,
        run_folder=opened.run_folder,
    )


def _assess(path: Path, trust: Trust, catalogue: Path, chain: Chain) -> Assessment:
    run, signature = open_run(path, trust)
    return assess(
        load_facility(run.facility_file),
        run,
        load_catalogue(catalogue),
        catalogue_sum=sum_file(catalogue),
        signature=signature,
        chain=chain,
    )
