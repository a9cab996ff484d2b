"""``millwright results verify``: any change to stored runs, and who signed them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from millwright.adapters.openssh.signatures import check_signature
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.results_list import warn_of_leftovers
from millwright.app.measure.stored_name import DEFAULT_RESULTS, stored_name
from millwright.app.signing import known_signers
from millwright.core.errors import ExitCode
from millwright.results.run_info import RUN_ID
from millwright.results.runs import find_run, list_runs
from millwright.results.verification import VerifyResult, verify_run


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """The runs to verify and the signatures that count."""

    facility: str
    run: str | None = None
    """None for every stored run."""
    results: Path = DEFAULT_RESULTS
    allowed_signers: Path | None = None
    """OpenSSH's file of who may sign; None for this account's own."""
    require_signature: bool = False


class Signature(Part):
    """The signature of a manifest."""

    state: str
    """good, unknown signer, bad, unsigned or not checked."""
    detail: str


class VerifiedRun(Part):
    """One run compared with its manifest."""

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


class ResultsVerification(Document):
    """Every run that was verified."""

    format: Literal["millwright-results-verify/1"] = "millwright-results-verify/1"
    ok: bool
    exit_code: int
    runs: tuple[VerifiedRun, ...]


def verify_results(context: Context, request: VerifyRequest) -> ResultsVerification:
    """Compare stored runs with their manifests and signatures; nothing is changed.

    Raises :exc:`BadInputError` if the facility has no such run.
    """
    checker = partial(check_signature, allowed_signers=known_signers(request.allowed_signers))
    paths = _to_verify(context, request)
    runs: list[VerifiedRun] = []
    for number, path in enumerate(paths, start=1):
        if len(paths) > 1:
            context.progress.step("verify", f"{number} of {len(paths)}: {path.name}")
        runs.append(_describe(verify_run(path, checker), must_be_signed=request.require_signature))
    is_good = all(run.ok for run in runs)
    code = ExitCode.OK if is_good else ExitCode.FAIL
    return ResultsVerification(ok=is_good, exit_code=int(code), runs=tuple(runs))


def _to_verify(context: Context, request: VerifyRequest) -> list[Path]:
    """Every run asked for; one whose manifest is gone is verified too, so that it can't slip away."""
    name = stored_name(request.facility, request.results)
    stored = list_runs(request.results, name)
    warn_of_leftovers(context, stored)
    all_runs = sorted([*stored.runs, *(path for path in stored.leftovers if RUN_ID.fullmatch(path.name))])
    if request.run is None and all_runs:
        return all_runs
    matching = [path for path in all_runs if path.name == request.run]
    return matching or [find_run(request.results, name, request.run)]


def _describe(result: VerifyResult, *, must_be_signed: bool) -> VerifiedRun:
    return VerifiedRun(
        run_id=result.name,
        files=result.files,
        changed=result.changed,
        missing=result.missing,
        extra=result.extra,
        malformed=result.malformed,
        differences=result.describe(),
        signature=Signature(state=result.signature.state, detail=result.signature.detail),
        ok=result.is_trustworthy and (result.signature.state == "good" or not must_be_signed),
    )
