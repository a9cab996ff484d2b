"""Whether a stored run may be relied on, by the keys and the commitments of whoever reads it.

``verify``, ``show``, ``export`` and ``report`` ask the same questions: was any file changed, did a known
signer sign, is the run where it belongs, and was it measured against the reader's commitments?
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from millwright.adapters.openssh.signatures import check_signature
from millwright.app.signing import known_signers
from millwright.checks.registry import checks_for
from millwright.core.errors import NotTrustedError, Problem
from millwright.core.places import facility_file
from millwright.facility import load_facility
from millwright.results.manifest import SIGNATURE
from millwright.results.runs import Run, load_run, read_declarations, read_info
from millwright.results.storing import CHECKS_FILE, FACILITY_FILE
from millwright.results.verification import (
    SignatureCheck,
    SignatureChecker,
    VerifyResult,
    check_beside,
    verify_run,
)
from millwright.verdicts.commitments import find_alterations
from millwright.verdicts.declarations import find_altered_declarations, find_unknown_checks


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader relies on."""

    allowed_signers: Path | None = None
    """OpenSSH's file of who may sign; None for this account's own."""
    allow_unsigned: bool = False
    """Runs without a signature are meant; a bad one and one by an unknown key stay refused."""
    against: str | None = None
    """The reader's own facility file, whose commitments the run must have been measured against.

    The checks that it expects must be declared as the reader knows them."""
    checks: tuple[Path, ...] = ()
    """Further folders of the reader's checks, after the shipped ones and those beside ``against``."""

    @property
    def signers(self) -> Path | None:
        """The file of who may sign; None if nobody is known."""
        return known_signers(self.allowed_signers)

    @property
    def checker(self) -> SignatureChecker:
        """Judges signatures by the signers known."""
        return partial(check_signature, allowed_signers=self.signers)


def open_run(path: Path, trust: Trust) -> tuple[Run, SignatureCheck]:
    """Load a run that may be relied on; raises :exc:`NotTrustedError` with every reason against it."""
    result = verify_run(path, trust.checker)
    changed = [
        Problem(str(path), "-", line, "the run as it was stored", code="MW6191")
        for line in result.describe_changes()
    ]
    reasons = [*changed, *find_signature_problems(path, result.signature, trust)]
    if not changed:
        reasons += find_misplacement(path)
        reasons += find_alterations_against(path, trust)
    if reasons:
        raise NotTrustedError(reasons)
    return load_run(path, result), result.signature


def distrust(path: Path, result: VerifyResult, trust: Trust) -> tuple[Problem, ...]:
    """Every reason against a run whose files were compared already, but changes of its files."""
    found = list(find_signature_problems(path, result.signature, trust))
    if result.is_intact:
        found += find_misplacement(path)
        found += find_alterations_against(path, trust)
    return tuple(found)


def find_record_problems(record: Path, trust: Trust) -> Iterator[Problem]:
    """Why the signature of a begun record does not count."""
    signature = record.with_name(f"{record.name}.sig")
    yield from _find_signature_problems(signature, check_beside(record, signature, trust.checker), trust)


def find_signature_problems(path: Path, found: SignatureCheck, trust: Trust) -> Iterator[Problem]:
    """Why the signature of a run does not count; a run may be unsigned only if no signer is known."""
    yield from _find_signature_problems(path / SIGNATURE, found, trust)


def _find_signature_problems(signature: Path, found: SignatureCheck, trust: Trust) -> Iterator[Problem]:
    file, signers = str(signature), trust.signers
    if found.state == "bad":
        yield Problem(file, "-", found.detail, "a signature that fits", code="MW6192")
    elif found.state == "unknown signer" and signers:
        expected = f"a key of {signers}; --allowed-signers names another file"
        yield Problem(
            file, "-", f"signed by a key that is not known: {found.detail}", expected, code="MW6193"
        )
    elif found.state == "unsigned" and signers and not trust.allow_unsigned:
        expected = f"a signature by a key of {signers}, or --allow-unsigned if that is meant"
        yield Problem(file, "-", "there is no signature", expected, code="MW6194")


def find_misplacement(path: Path) -> Iterator[Problem]:
    """Whether a run is in the folder of another facility."""
    facility = read_info(path).facility
    if facility != path.parent.name:
        problem = f"a run of the facility {facility!r}"
        yield Problem(str(path), "facility", problem, repr(path.parent.name), code="MW6195")


def find_alterations_against(path: Path, trust: Trust) -> Iterator[Problem]:
    """What the reader's own facility file and checks state, and the run's lack or have otherwise."""
    if trust.against is None:
        return
    file = facility_file(trust.against)
    own, stored = load_facility(file), load_facility(path / FACILITY_FILE)
    for found in find_alterations(own, stored):
        problem = f"{found.stored} in the run's facility file"
        yield Problem(str(path / FACILITY_FILE), found.key, problem, f"{found.own}", code="MW6196")
    known = checks_for(file, trust.checks)
    for name in find_unknown_checks(own, known):
        expected = "a check of yours, in checks/ beside the file or in a folder of --checks"
        yield Problem(
            str(file), name, "not declared here, so nothing to compare with", expected, code="MW6401"
        )
    is_bounded = read_info(path).bounds is not None
    for found in find_altered_declarations(own, known, read_declarations(path), is_bounded=is_bounded):
        problem = f"{found.stored} in the run's declarations"
        yield Problem(str(path / CHECKS_FILE), found.key, problem, f"{found.own}", code="MW6400")
