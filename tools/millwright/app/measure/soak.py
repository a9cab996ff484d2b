"""``millwright run --tier soak``: checks under lasting load, until a time that is fixed before."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.run import RunRequest, run_checks
from millwright.checks.declaration import Tier
from millwright.core.errors import BadInputError, ExitCode, NotTestableError, Problem
from millwright.economics.interruptions import time_between
from millwright.economics.soak import Interruption, Round, find_interruptions
from millwright.results.run_info import iso_utc
from millwright.results.runs import load_run

MOST_EMPTY = 3
"""Rounds in a row without any result after which nothing more can be learned."""
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class SoakRequest:
    """A run that is repeated; its tier is soak."""

    run: RunRequest
    hours: float
    """No round begins later than this after the first."""


class SoakInterruption(Part):
    """A place that stopped working."""

    started: str
    """Start of the round in which it was missing, ISO 8601 in UTC."""
    run: str
    place: str
    reason: str


class SoakOutcome(Document):
    """What was observed under lasting load."""

    format: Literal["millwright-run-tier-soak/1"] = "millwright-run-tier-soak/1"
    facility: str
    exit_code: int
    """1 after an interruption or a FAIL, 3 if it ended before its time, else 0."""
    hours: float
    """As fixed before the first round."""
    observed_hours: float
    """From the start of the first round to the end of the last."""
    is_complete: bool
    """Whether it lasted as long as was fixed."""
    runs: tuple[str, ...]
    """The stored rounds."""
    failed_runs: tuple[str, ...]
    """Rounds with a value that FAILed."""
    interruptions: tuple[SoakInterruption, ...]
    mean_hours: float | None
    """Observed hours by interruptions; null without one."""
    low_hours: float
    high_hours: float | None
    """Ends of the 95 % interval of the mean time between interruptions; high is null if unbounded."""
    one_sided_low_hours: float
    """The mean time is at least this, with 95 % confidence."""


def check_hours(tier: str, hours: float | None) -> None:
    """Raise :exc:`BadInputError` unless hours are given for a soak and for nothing else."""
    if (tier == Tier.SOAK) != (hours is not None):
        given = "no hours" if hours is None else f"{hours:g} hours"
        problem, expected = (
            f"{given} beside --tier {tier or '-'}",
            "--hours H with --tier soak, and only there",
        )
        raise BadInputError([Problem("--hours", "-", problem, expected, code="MW6621")])


def soak(context: Context, request: SoakRequest) -> SoakOutcome:
    """Repeat the checks until the hours are over, whatever they find: no result ends it early or late.

    Three rounds in a row without a result end it, and so does an interruption by the user; it then is
    incomplete. Each round is a run of its own. Raises :exc:`BadInputError` as a run does.
    """
    rounds: list[Round] = []
    failed: list[str] = []
    began = context.now()
    end = began + datetime.timedelta(hours=request.hours)
    was_interrupted = False
    while not was_interrupted and context.now() < end and not _is_hopeless(rounds):
        started = iso_utc(context.now())
        context.progress.step("soak", f"round {len(rounds) + 1}, until {iso_utc(end)}")
        try:
            outcome = run_checks(context, request.run)
        except NotTestableError as error:
            rounds.append(Round("", started, {"every node": str(error)}))
            continue
        was_interrupted = outcome.was_interrupted
        if outcome.exit_code == ExitCode.FAIL:
            failed.append(outcome.run_id)
        if not was_interrupted:
            rounds.append(Round(outcome.run_id, started, dict(_lost(Path(outcome.path)))))
    observed = (context.now() - began).total_seconds() / SECONDS_PER_HOUR
    return _outcome(request, rounds, failed, observed, is_complete=context.now() >= end)


def _is_hopeless(rounds: list[Round]) -> bool:
    return len(rounds) >= MOST_EMPTY and not any(each.run_id for each in rounds[-MOST_EMPTY:])


def _lost(path: Path) -> Iterator[tuple[str, str]]:
    """Places of a stored run without a value that counts, and why."""
    run = load_run(path)
    yield from run.info.unavailable_nodes.items()
    for rejected in run.rejected:
        places = [rejected.node] if rejected.node else rejected.origin.nodes or (rejected.origin.partition,)
        for place in places:
            yield place, f"{rejected.origin.case}: {'; '.join(rejected.reasons)}"


def _outcome(
    request: SoakRequest, rounds: list[Round], failed: list[str], observed: float, *, is_complete: bool
) -> SoakOutcome:
    found: list[Interruption] = list(find_interruptions(rounds))
    between = time_between(max(observed, 1 / SECONDS_PER_HOUR), len(found))
    code = ExitCode.OK if is_complete else ExitCode.NOT_TESTED
    return SoakOutcome(
        facility=request.run.facility,
        exit_code=int(ExitCode.FAIL if found or failed else code),
        hours=request.hours,
        observed_hours=round(observed, 4),
        is_complete=is_complete,
        runs=tuple(each.run_id for each in rounds if each.run_id),
        failed_runs=tuple(failed),
        interruptions=tuple(
            SoakInterruption(started=each.started, run=each.run_id, place=each.place, reason=each.reason)
            for each in found
        ),
        mean_hours=between.estimate,
        low_hours=between.low,
        high_hours=between.high if found else None,
        one_sided_low_hours=between.one_sided_low,
    )
