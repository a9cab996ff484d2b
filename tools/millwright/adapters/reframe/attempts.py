"""What the attempts of a run left that was killed: whole sessions, and checkpoints of those that were cut."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from millwright.adapters.reframe.launch_sites import Machine, name_attempt
from millwright.adapters.reframe.process import CHECKPOINT, COMPLETE, OUTPUT, REPORT, STAGE
from millwright.core.errors import NotTestableError
from millwright.results.foreign import seat_of
from millwright.results.session import SessionFiles, SessionFolder, open_session

MOST_ATTEMPTS = 100

MakeMachine = Callable[[int], Machine]
"""The launch site with the folder of an attempt, counted from 1."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of ReFrame that ended some cases."""

    machine: Machine
    session: SessionFiles


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the attempts at one launch site got."""

    ended: tuple[Attempt, ...]
    following: Machine | None
    """Where the rest is to be run; None if nothing is left."""


def session_name(machine: Machine) -> str:
    """Name of a session within a run: launch site or foreign suite, numbered from the second attempt."""
    seat = seat_of(machine.foreign.chosen.suite.name) if machine.foreign else str(machine.seat)
    return name_attempt(seat, machine.attempt)


def look_at_attempts(make: MakeMachine) -> Progress:
    """Find what earlier attempts at a launch site left.

    Raises :exc:`NotTestableError` if ReFrame is still at work there.
    """
    ended: list[Attempt] = []
    for number in range(1, MOST_ATTEMPTS):
        machine = make(number)
        if machine.is_running():
            raise NotTestableError(
                f"ReFrame of this run is still at work at the {machine.seat}; wait until it has ended",
                code="MW6264",
            )
        folder = machine.fetch()
        is_complete = (folder / COMPLETE).is_file()
        report = REPORT if is_complete else CHECKPOINT
        if not is_complete and not (folder / report).is_file():
            return Progress(tuple(ended), machine)
        if (folder / report).is_file():
            ended.append(Attempt(machine, read_session(machine, report)))
        if is_complete:
            return Progress(tuple(ended), None)
    raise NotTestableError(f"the run was started {MOST_ATTEMPTS} times; look at its folder", code="MW6265")


def read_session(machine: Machine, report: str) -> SessionFiles:
    """The session in the fetched folder of a machine, by one of its reports."""
    folder = machine.fetch()
    return open_session(
        SessionFolder(session_name(machine), folder / report, folder / STAGE, folder / OUTPUT)
    )


def ended_cases(attempts: Iterable[Attempt]) -> bytes:
    """The cases that need no repeating, as ``reframe_checks/checkpoint.py`` reads them."""
    cases: Sequence[tuple[str, str, str]] = [
        (case.unique_name, case.partition, case.environ)
        for attempt in attempts
        for case in attempt.session.report.cases
        if not case.fixture
    ]
    return json.dumps(cases).encode()
