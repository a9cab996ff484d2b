"""``millwright run``: measure everything that a facility expects, store it and judge it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from millwright.adapters.here.checkout_changes import checkout_changes
from millwright.adapters.here.run_start import start_run
from millwright.adapters.openssh.signatures import sign_file
from millwright.adapters.reframe.benchmark import machines_of, run_benchmarks
from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.adapters.slurm.usage import usage_or_reason
from millwright.antennas.user.files import ensure_user_access
from millwright.app.context import Context
from millwright.app.measure.scorecard import ScorecardDocument, scorecard_fields
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.signing import own_signing_key
from millwright.core.errors import BadInputError, MillwrightError, Problem
from millwright.core.places import checkout, facility_file, state_folder
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility
from millwright.results.run_info import iso_utc
from millwright.results.runs import load_run
from millwright.verdicts.expectations import (
    Expectation,
    expected_value,
    find_commitment_problems,
    list_expectations,
)
from millwright.verdicts.scorecard import limit_to_checks, score


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to measure and where to store it."""

    facility: str
    """Name of a known facility, or path."""
    checks: tuple[str, ...] = ()
    """Only these checks; every expected one if empty."""
    results: Path = DEFAULT_RESULTS
    sign_with: Path | None = None
    """SSH private key that signs the run; None for this account's own."""


class RunOutcome(ScorecardDocument):
    """The verdicts of the checks that were asked for."""

    format: Literal["millwright-run-outcome/1"] = "millwright-run-outcome/1"
    path: str
    """Folder of the stored run."""
    was_interrupted: bool
    """The run was stopped: only what had ended by then is stored."""


def run_checks(context: Context, request: RunRequest) -> RunOutcome:
    """Run the checks from every launch site, store the run and judge it.

    Raises :exc:`BadInputError`, before anything is measured, for checks that are not expected or can't be
    loaded, and :exc:`NotTestableError` if no launch site left anything to store.
    """
    path = facility_file(request.facility)
    facility = load_facility(path)
    if problems := find_commitment_problems(facility, str(path)):
        raise BadInputError(problems)
    wanted = choose_expected(list_expectations(facility), request.checks, str(path))
    names = list(dict.fromkeys(expectation.check for expectation in wanted))
    changes = checkout_changes(checkout())
    info = start_run(facility, map(expected_value, wanted), context.now(), secrets.token_hex(4))
    folder = state_folder(facility.name) / "sessions" / info.run_id
    machines = machines_of(facility, names, info.run_id, folder)
    context.progress.step("run", f"looking for {len(names)} check{'s' * (len(names) != 1)}")
    stored = run_benchmarks(
        machines,
        names,
        path.read_bytes(),
        info=info,
        now=lambda: iso_utc(context.now()),
        root=request.results,
        follow=partial(_narrate, context),
        sign=partial(sign_file, key=request.sign_with or own_signing_key()),
        begin=partial(_renew_certificates, context, facility),
        account=lambda: usage_or_reason(facility, context.now()),
        checkout_changes=changes,
    )
    context.progress.done("run", "stopped early" if stored.was_interrupted else "measured and stored")
    scorecard = limit_to_checks(score(facility, load_run(stored.path)), names)
    return RunOutcome.model_validate(
        {
            **scorecard_fields(scorecard),
            "path": str(stored.path),
            "was_interrupted": stored.was_interrupted,
        }
    )


def choose_expected(
    expected: Sequence[Expectation], checks: Sequence[str], file: str
) -> tuple[Expectation, ...]:
    """The values expected of the checks named, or of all.

    Raises :exc:`BadInputError` with every check that the facility does not expect.
    """
    known = dict.fromkeys(expectation.check for expectation in expected)
    unknown = [name for name in checks if name not in known]
    if unknown:
        listing = ", ".join(known) or "a facility with expected checks"
        raise BadInputError(
            Problem(
                file,
                f"--check {name}",
                "not expected here",
                f"one of {listing}{did_you_mean(name, known)}",
                code="MW2207",
            )
            for name in unknown
        )
    return tuple(expectation for expectation in expected if not checks or expectation.check in checks)


def _narrate(context: Context, seat: LaunchSite, event: CaseEvent) -> None:
    """A step for each case, and how many of all have ended."""
    case = f"{event.check} on {event.partition}"
    if event.result:
        context.progress.done(case, f"{event.result}, {event.done} of {event.total}")
    else:
        context.progress.step(case, f"running from {seat}")


def _renew_certificates(context: Context, facility: Facility, seat: LaunchSite) -> None:
    """Make each antenna's first user ready for the checks of the access; warn if that is not possible."""
    for name, antenna in facility.antennas.items() if seat is LaunchSite.USER else ():
        if antenna.first_user is None:
            continue
        user = antenna.first_user.name
        try:
            ensure_user_access(facility, name, user, state=state_folder(facility.name), now=context.now())
        except MillwrightError as error:
            context.warn(f"antenna {name}: the access of {user} was not renewed: {error}")
