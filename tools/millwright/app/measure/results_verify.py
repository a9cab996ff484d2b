"""``millwright results verify``: any change to stored runs, who signed them, and whether one is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.results_list import warn_of_leftovers
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.measure.trust import Trust, distrust, find_record_problems
from millwright.app.measure.witnesses import Witness, WitnessTrust, find_missing, find_witnesses
from millwright.capacity.bounds import find_bounds
from millwright.catalogue.catalogue import load_catalogue
from millwright.core.errors import BadInputError, ExitCode
from millwright.facility import load_facility
from millwright.results.begun import begun_file, refused_file
from millwright.results.chain import Chain
from millwright.results.contradictions import find_contradictions
from millwright.results.imports import derive, find_differences, load_import
from millwright.results.plausible import find_above
from millwright.results.rederive import rederive
from millwright.results.run_info import RUN_ID
from millwright.results.runs import StoredRuns, find_run, list_runs, load_run
from millwright.results.verification import VerifyResult, verify_run
from millwright.verdicts.asked import find_wrongly_asked
from millwright.verdicts.expectations import list_expectations


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """The runs to verify and the signatures that count."""

    facility: str
    run: str | None = None
    """None for every stored run."""
    results: Path = DEFAULT_RESULTS
    trust: Trust = field(default_factory=Trust)
    require_signature: bool = False
    """A run that is not signed fails even if no signer is known."""
    witness: WitnessTrust = field(default_factory=WitnessTrust)


class Signature(Part):
    """The signature of a manifest."""

    state: str
    """good, unknown signer, bad, unsigned or not checked."""
    detail: str


class VerifiedRun(Part):
    """One run compared with its manifest, its begun record, and the reader's keys and commitments."""

    run_id: str
    files: int
    """Files that the manifest lists."""
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    malformed: tuple[str, ...]
    """Lines of the manifest that are no sums, or the manifest's own absence."""
    differences: tuple[str, ...]
    """All of the above in words, and a bad signature."""
    signature: Signature
    ok: bool
    distrust: tuple[str, ...] = ()
    """A signature that does not count, altered commitments, a wrong folder."""
    contradictions: tuple[str, ...] = ()
    """Statements of the run that can't all be true."""


class VerifiedChain(Part):
    """The runs of the facility as a whole."""

    runs: int
    newest: int | None
    """Highest number; null if no run has one."""
    never_stored: tuple[str, ...]
    """Runs that began and were never stored: killed, or still running."""
    refused: tuple[str, ...]
    """Runs that ended before their first case, each with the reason that it recorded."""
    interrupted: tuple[str, ...]
    breaks: tuple[str, ...]
    """Gaps, deletions, replacements, runs of other facilities and records without a good signature."""
    witnesses: tuple[Witness, ...]
    unwitnessed: tuple[str, ...]
    """Witnesses that are bad, missing, or saw other runs."""


class ResultsVerification(Document):
    """Every run that was verified, and the chain of all."""

    format: Literal["millwright-results-verify/1"] = "millwright-results-verify/1"
    ok: bool
    exit_code: int
    runs: tuple[VerifiedRun, ...]
    chain: VerifiedChain


def verify_results(context: Context, request: VerifyRequest) -> ResultsVerification:
    """Compare stored runs with their manifests, signatures, records and witnesses; nothing is changed.

    Raises :exc:`BadInputError` if the facility has no such run.
    """
    name = stored_name(request.facility, request.results)
    stored = list_runs(request.results, name)
    warn_of_leftovers(context, stored)
    paths = _to_verify(stored, name, request)
    runs: list[VerifiedRun] = []
    for number, path in enumerate(paths, start=1):
        if len(paths) > 1:
            context.progress.step("verify", f"{number} of {len(paths)}: {path.name}")
        runs.append(_verify(path, request))
    chain = _verify_chain(stored.chain, request, request.results / name)
    is_good = all(run.ok for run in runs) and not (chain.breaks or chain.unwitnessed)
    code = ExitCode.OK if is_good else ExitCode.FAIL
    return ResultsVerification(ok=is_good, exit_code=int(code), runs=tuple(runs), chain=chain)


def _to_verify(stored: StoredRuns, name: str, request: VerifyRequest) -> list[Path]:
    """Every run asked for; one whose manifest is gone is verified too, so that it can't slip away."""
    spoiled = [path for path in stored.leftovers if RUN_ID.fullmatch(path.name) and path.is_dir()]
    all_runs = [*stored.runs, *spoiled]
    if request.run is None and (all_runs or stored.chain.links):
        return all_runs
    matching = [path for path in all_runs if path.name == request.run]
    return matching or [find_run(request.results, name, request.run)]


def _verify(path: Path, request: VerifyRequest) -> VerifiedRun:
    result = verify_run(path, request.trust.checker)
    reasons: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    try:
        reasons = tuple(str(problem) for problem in distrust(path, result, request.trust))
        contradictions = tuple(_find_contradictions(path, result)) if result.is_intact else ()
    except BadInputError as error:
        contradictions = (str(error),)
    is_signed = result.signature.state == "good" or not request.require_signature
    return VerifiedRun(
        run_id=result.name,
        files=result.files,
        changed=result.changed,
        missing=result.missing,
        extra=result.extra,
        malformed=result.malformed,
        differences=result.describe(),
        signature=Signature(state=result.signature.state, detail=result.signature.detail),
        distrust=reasons,
        contradictions=contradictions,
        ok=result.is_trustworthy and is_signed and not (reasons or contradictions),
    )


def _find_contradictions(path: Path, result: VerifyResult) -> Iterator[str]:
    run = load_run(path, result)
    yield from find_contradictions(path, run.info, run.sums)
    if run.info.origin == "measured":
        yield from rederive(run)
    else:
        imported = load_import(path, run.info).imported
        yield from find_differences(imported, derive(path, imported))
    facility = load_facility(run.facility_file)
    yield from find_above(run.samples, find_bounds(facility, run.registry, load_catalogue()))
    if run.info.expected:
        yield from find_wrongly_asked(list_expectations(facility, run.registry), run.info)
        emulated = tuple(name for name in facility.partitions if facility.is_emulated(name))
        if run.info.emulated_partitions != emulated:
            yield f"it says that {', '.join(run.info.emulated_partitions) or 'no partition'} is emulated"


def _verify_chain(chain: Chain, request: VerifyRequest, place: Path) -> VerifiedChain:
    witnesses = tuple(find_witnesses(place, chain, request.witness))
    return VerifiedChain(
        runs=len(chain.links),
        newest=chain.head.number if chain.head else None,
        never_stored=tuple(link.run_id for link in chain.links if link.state == "begun only"),
        refused=tuple(f"{link.run_id}: {link.refusal}" for link in chain.links if link.state == "refused"),
        interrupted=tuple(link.run_id for link in chain.links if link.state == "interrupted"),
        breaks=(*(found.text for found in chain.findings), *_find_bad_records(chain, request, place)),
        witnesses=witnesses,
        unwitnessed=tuple(find_missing(witnesses, request.witness)),
    )


def _find_bad_records(chain: Chain, request: VerifyRequest, place: Path) -> Iterator[str]:
    """Begun records that no signer who counts signed."""
    for link in chain.links:
        if not link.begun_sum:
            continue
        record = begun_file(place, link.run_id)
        for name, file in (("begun record", record), ("refusal", refused_file(place, link.run_id))):
            problems = find_record_problems(file, request.trust) if file.exists() else ()
            yield from (f"the {name} of {link.name}: {problem}" for problem in problems)
