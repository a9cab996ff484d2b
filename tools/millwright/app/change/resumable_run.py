"""A run that is kept in a journal: how it begins or resumes, and what an interrupted one leaves."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from millwright.app.context import Context
from millwright.core.errors import BadInputError
from millwright.core.places import as_typed, state_folder
from millwright.facility import Facility
from millwright.fleet.rollout.canaries import CANARIES, Answering, Canaries, choose_canaries, noted_canaries
from millwright.fleet.rollout.journal import (
    Journal,
    discard,
    open_journal,
    require_unfinished,
    unfinished_journal,
)
from millwright.fleet.rollout.request import Choose, Request, declared_options, read_request
from millwright.results.run_info import make_run_id


@dataclass(frozen=True, slots=True)
class RunKind:
    """One command's runs of one facility."""

    command: str
    """Word after ``millwright``, and the folder of its journals."""
    file: Path
    facility: Facility
    wave_size: int | None
    """Wave size that the facility declares for this command."""

    @property
    def state(self) -> Path:
        """Folder of the facility's state."""
        return state_folder(self.facility.name)

    @property
    def typed(self) -> str:
        """The whole command, as typed in a shell."""
        return f"millwright {self.command} {as_typed(self.file)}"


def begin_or_resume(
    context: Context, kind: RunKind, given: Request, *, resume: bool
) -> tuple[Journal, Request]:
    """The journal of a new run or of the unfinished one, and what that run is asked to do.

    Options that the facility declares replace those that ``given`` leaves out. Raises
    :exc:`BadInputError` if there is nothing to resume, or ``given`` contradicts what the run began with.
    """
    now = context.now()
    if resume:
        journal = require_unfinished(kind.state, kind.command, as_typed(kind.file))
        request = read_request(journal, given)
        journal.note(now, "resume", request=given.as_data())
        return journal, request
    if left := unfinished_journal(kind.state, kind.command):
        context.warn(f"Run {left.run_id} was not finished; --resume would have gone on with it.")
    journal = open_journal(kind.state, kind.command, make_run_id(now, token_hex(4)))
    request = Request({**declared_options(kind.facility, wave_size=kind.wave_size), **given.given})
    journal.note(now, "begin", facility=kind.facility.name, request=request.as_data())
    return journal, request


def canary_chooser(context: Context, journal: Journal, answering: Answering) -> Choose:
    """Chooses canaries among nodes that answer, once for the whole run; a resumed run keeps them."""

    def choose(partitions: Mapping[str, Sequence[str]], count: int) -> Canaries:
        if kept := noted_canaries(journal):
            return kept
        found = choose_canaries(partitions, count, answering)
        journal.note(
            context.now(),
            CANARIES,
            chosen=found.chosen,
            instead_of=dict(found.instead_of),
            missing=found.missing,
        )
        for line in found.remarks:
            context.progress.done("canaries", line)
        return found

    return choose


@contextmanager
def resumable(context: Context, journal: Journal, kind: RunKind) -> Iterator[None]:
    """Note an interruption in the journal, and warn with the command that resumes the run.

    A run that is refused before it changed anything leaves no journal.
    """
    try:
        yield
    except BadInputError:
        if {entry["event"] for entry in journal.entries()} <= {"begin", CANARIES}:
            discard(journal)
        raise
    except KeyboardInterrupt as end:
        journal.note(context.now(), "interrupted", by=str(end) or "interrupted")
        context.warn(f"Run {journal.run_id} is not finished: {kind.typed} --resume goes on with it.")
        raise
