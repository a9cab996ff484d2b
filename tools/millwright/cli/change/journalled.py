"""A run that is kept in a journal: how it begins or goes on, and what it leaves where it is told to end."""

import datetime
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from millwright.core.errors import BadInputError
from millwright.fleet.rollout.canaries import CANARIES, Answering, Canaries, choose_canaries, noted_canaries
from millwright.fleet.rollout.journal import (
    Journal,
    discard,
    open_journal,
    require_unfinished,
    unfinished_journal,
)
from millwright.fleet.rollout.request import Choose, Request, read_request
from millwright.results.run_info import make_run_id


def begin_or_resume(  # noqa: PLR0913 - time and place are given, not taken from the surroundings
    state: Path,
    kind: str,
    facility: str,
    given: Request,
    declared: Mapping[str, object],
    *,
    typed: str,
    resume: bool,
    now: datetime.datetime,
) -> tuple[Journal, Request]:
    """The journal of this run, a new one or the one that was left, and what it is asked to do.

    `declared` are options that the facility names, for those that `given` does not; `typed` is how a
    command names the facility.
    """
    if resume:
        journal = require_unfinished(state, kind, typed)
        request = read_request(journal, given)
        journal.note(now, "resume", request=given.as_data())
        return journal, request
    if left := unfinished_journal(state, kind):
        typer.echo(f"Run {left.run_id} was not finished; --resume would have gone on with it.", err=True)
    journal = open_journal(state, kind, make_run_id(now, secrets.token_hex(4)))
    request = Request({**declared, **given.given})
    journal.note(now, "begin", facility=facility, request=request.as_data())
    return journal, request


def chooser(
    journal: Journal,
    answering: Answering,
    clock: Callable[[], datetime.datetime],
    warn: Callable[[str], None],
) -> Choose:
    """Choose canaries among nodes that answer, once for the whole run: one that goes on keeps them."""

    def choose(partitions: Mapping[str, Sequence[str]], count: int) -> Canaries:
        if kept := noted_canaries(journal):
            return kept
        found = choose_canaries(partitions, count, answering)
        journal.note(
            clock(),
            CANARIES,
            chosen=found.chosen,
            instead_of=dict(found.instead_of),
            missing=found.missing,
        )
        for line in found.says:
            warn(line)
        return found

    return choose


@contextmanager
def resumable(journal: Journal, command: str, clock: Callable[[], datetime.datetime]) -> Iterator[None]:
    """Note in the journal that the run was told to end, and say how it goes on.

    A run that is refused before it changed anything leaves no journal.
    """
    try:
        yield
    except BadInputError:
        if {entry["event"] for entry in journal.entries()} <= {"begin", CANARIES}:
            discard(journal)
        raise
    except KeyboardInterrupt as end:
        journal.note(clock(), "interrupted", by=str(end) or "interrupted")
        typer.echo(f"Run {journal.run_id} is not finished: {command} --resume goes on with it.", err=True)
        raise
