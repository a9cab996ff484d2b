"""Run the checks of a facility from each seat and store everything as one run.

Whatever ends a session early (Ctrl-C, a harness that can't be reached), what had ended by then is
stored, and the run says what is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from millwright.adapters.here.provenance import VERSIONS_SCRIPT, read_versions
from millwright.adapters.reframe.attempts import (
    Attempt,
    ended_cases,
    look_at_attempts,
    read_session,
    session_name,
)
from millwright.adapters.reframe.foreign import ForeignSession
from millwright.adapters.reframe.launch_sites import Machine, harness_machine, local_machine
from millwright.adapters.reframe.process import (
    COMPLETE,
    ENDED_CASES,
    NONE_RUN,
    REPORT,
    CaseEvent,
    EventReader,
    LaunchSite,
    checks_of,
    read_event,
)
from millwright.adapters.reframe.seats import (
    CommandOf,
    ReadySeats,
    clear_quietly,
    command_of_seat,
    explain,
    name_event,
    prepare_seats,
)
from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, FailedError, MillwrightError, NotTestableError, Problem
from millwright.facility.model import Facility
from millwright.results.accounting import AccountingEvidence
from millwright.results.begin import begin_run, end_refused
from millwright.results.foreign import clean, seat_of
from millwright.results.manifest import Signer
from millwright.results.run_info import RunInfo
from millwright.results.session import SessionFiles
from millwright.results.storing import store_run

Follow = Callable[[LaunchSite, CaseEvent], None]
"""Told of every case that starts or ends."""

Begin = Callable[[LaunchSite], None]
"""Called right before a seat's checks run, for what must be fresh then: certificates live for minutes."""

Account = Callable[[], AccountingEvidence | None]
"""Asked, after the last check, what was used; None if there is no accounting."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the seats left, and whether somebody stopped the run."""

    sessions: tuple[SessionFiles, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    """Seats without a usable report, and why."""
    was_interrupted: bool = False


class NotStoredError(NotTestableError):
    """What was measured could not be stored; every session's folder stays as ReFrame left it."""

    def __init__(self, cause: FailedError) -> None:
        super().__init__(str(cause), code="MW6258")


@dataclass(frozen=True, slots=True)
class Stored:
    """A run that was stored."""

    path: Path
    was_interrupted: bool
    """Somebody stopped it: only what had ended by then is in it."""


def machines_of(  # noqa: PLR0913, PLR0917 - what is measured, and where its sessions are
    facility: Facility,
    checks: Sequence[str],
    registry: Registry,
    run_id: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    suites: Sequence[ForeignSession] = (),
) -> list[Machine]:
    """The seats that these checks need, each with a folder of its own below `folder`, then those of `suites`.

    `environment` narrows the sessions, see :func:`~millwright.adapters.reframe.settings.session_variables`.
    Without services, the harness is this machine. Raises :exc:`BadInputError` where no seat is needed.
    """
    makers = _makers(facility, checks, registry, run_id, folder, environment or {}, suites)
    if not makers:
        problem = Problem(
            facility.name, "checks", "nothing is expected", "checks of a partition or antenna", code="MW3201"
        )
        raise BadInputError([problem])
    return [make(1) for make in makers]


def unfinished_machines_of(  # noqa: PLR0913, PLR0917 - what is measured, and where its sessions are
    facility: Facility,
    checks: Sequence[str],
    registry: Registry,
    run_id: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    suites: Sequence[ForeignSession] = (),
) -> tuple[tuple[Attempt, ...], list[Machine]]:
    """What the attempts of a run that was killed left, and the machines that have something left to do.

    As :func:`machines_of` otherwise. Raises :exc:`NotTestableError` if one of them is still at work.
    """
    makers = _makers(facility, checks, registry, run_id, folder, environment or {}, suites)
    found = [look_at_attempts(make) for make in makers]
    machines = []
    for progress in found:
        if progress.following is not None and progress.ended:
            progress.following.put(ENDED_CASES, ended_cases(progress.ended))
        machines.extend([progress.following] if progress.following is not None else [])
    return tuple(attempt for progress in found for attempt in progress.ended), machines


def _makers(  # noqa: PLR0913, PLR0917 - what is measured, and where its sessions are
    facility: Facility,
    checks: Sequence[str],
    registry: Registry,
    run_id: str,
    folder: Path,
    environment: Mapping[str, str],
    suites: Sequence[ForeignSession],
) -> list[Callable[[int], Machine]]:
    """For each seat that these checks need, its machine by the number of the attempt."""

    def variables(attempt: int) -> Mapping[str, str]:
        return environment if attempt == 1 else {**environment, "MILLWRIGHT_ENDED": ENDED_CASES}

    def local(seat: LaunchSite, attempt: int) -> Machine:
        return local_machine(seat, folder / seat, variables(attempt), attempt)

    def remote(attempt: int) -> Machine:
        return harness_machine(facility, run_id, folder / LaunchSite.HARNESS, variables(attempt), attempt)

    def foreign(session: ForeignSession, attempt: int) -> Machine:
        name = session.chosen.suite.name
        place = folder / seat_of(name)
        if facility.services:
            return harness_machine(facility, f"{run_id}-{name}", place, environment, attempt, session)
        return local_machine(LaunchSite.HARNESS, place, environment, attempt, session)

    makers: list[Callable[[int], Machine]] = []
    if checks_of(LaunchSite.HARNESS, checks, registry):
        makers.append(remote if facility.services else partial(local, LaunchSite.HARNESS))
    if checks_of(LaunchSite.USER, checks, registry):
        makers.append(partial(local, LaunchSite.USER))
    return [*makers, *(partial(foreign, session) for session in suites)]


def run_benchmarks(  # noqa: PLR0913 - each is a decision of the caller
    machines: Sequence[Machine],
    checks: Sequence[str],
    facility_yaml: bytes,
    *,
    registry: Registry,
    info: RunInfo,
    now: Callable[[], str],
    root: Path,
    follow: Follow,
    sign: Signer | None = None,
    begin: Begin = lambda _: None,
    account: Account = lambda: None,
    checkout_changes: bytes = b"",
    earlier: Sequence[Attempt] = (),
) -> Stored:
    """Run the checks at every seat and store the run below `root`.

    `checks` are names, with parameters if they have any (``Check %size=L2``), and `registry` declares
    them. `earlier` is what attempts of this run before a kill left: its cases are stored with those of the
    `machines`, of which there may be none. `info` lacks what only shows at the end; `now` gives the time
    as the run writes it.

    Raises :exc:`BadInputError` before anything is measured if a check can't be loaded or none is selected,
    and :exc:`NotTestableError` if `root` can't be written or no seat left anything to store.
    """
    found = prepare_seats(machines, checks, registry, facility_yaml)
    ready, failed = found.machines, found.failed
    own = [machine for machine in ready if machine.foreign is None]
    versions = {f"{tool} ({machine.seat})": v for machine in own for tool, v in _versions(machine).items()}
    info = replace(info, foreign=tuple(each.described for each in found.foreign.values()))
    kept = tuple(attempt.session for attempt in earlier)
    if ready or kept:
        info = begin_run(root, info, facility_yaml, sign)
    before = Outcome(sessions=kept, failed=failed)
    try:
        outcome = _measure(found, partial(command_of_seat, found, checks, registry), follow, begin, before)
    except BadInputError as refusal:
        end_refused(root, info, str(refusal), sign)
        raise
    if not outcome.sessions:
        if outcome.was_interrupted:
            raise KeyboardInterrupt
        raise NotTestableError(
            "; ".join(f"{seat}: {why}" for seat, why in outcome.failed.items()), code="MW3202"
        )
    complete = _complete(info, outcome, now(), {**versions, **_reframe_versions(outcome.sessions)})
    try:
        stored = store_run(
            root,
            complete,
            facility_yaml,
            outcome.sessions,
            sign,
            registry=registry,
            accounting=account(),
            checkout_changes=checkout_changes,
        )
    except FailedError as error:
        raise NotStoredError(error) from error
    for machine in (*(attempt.machine for attempt in earlier), *ready):
        if session_name(machine) not in outcome.failed:  # what a failed session left stays where it is
            clear_quietly(machine)
    return Stored(stored, outcome.was_interrupted)


def _complete(info: RunInfo, outcome: Outcome, finished: str, versions: Mapping[str, str]) -> RunInfo:
    """What a run says about itself once its sessions have ended."""
    return replace(
        info,
        finished=finished,
        was_interrupted=outcome.was_interrupted,
        failed_sessions=dict(outcome.failed),
        unavailable_nodes=_nodes_left_out(outcome.sessions),
        tool_versions={**info.tool_versions, **versions},
    )


def _versions(machine: Machine) -> dict[str, str]:
    output, _ = machine.start(["sh", "-c", VERSIONS_SCRIPT], {}).communicate()
    return read_versions(output)


def _measure(
    ready: ReadySeats, command: CommandOf, follow: Follow, begin: Begin, outcome: Outcome
) -> Outcome:
    machines = ready.machines
    for machine in machines:
        begin(machine.seat)
        output, was_interrupted = _run_session(machine, command, follow)
        if len(machines) == 1 and machine.attempt == 1 and (refusal := _find_refusal(output, machine)):
            clear_quietly(machine)
            raise refusal
        try:
            session = _collect(machine, output)
            if not was_interrupted:
                machine.put(COMPLETE, b"")
        except MillwrightError as error:
            outcome = replace(outcome, failed={**outcome.failed, session_name(machine): str(error)})
        else:
            outcome = replace(outcome, sessions=(*outcome.sessions, *([session] if session else [])))
        if was_interrupted:
            later = machines[machines.index(machine) + 1 :]
            for each in later:
                clear_quietly(each)
            rest = {session_name(each): "the run was interrupted before" for each in later}
            return replace(outcome, failed={**outcome.failed, **rest}, was_interrupted=True)
    return outcome


def _run_session(machine: Machine, command: CommandOf, follow: Follow) -> tuple[str, bool]:
    """Output of a session, and whether it was interrupted; ReFrame then still writes what had ended."""
    process = machine.start(*command(machine))
    lines: list[str] = []
    events = EventReader()
    was_interrupted = False
    while True:
        try:
            for line in process.stdout or ():
                lines.append(line)
                for event in events.read(line):
                    follow(machine.seat, name_event(event, machine))
            process.wait()
            for event in events.end():
                follow(machine.seat, name_event(event, machine))
            return "".join(lines), was_interrupted
        except KeyboardInterrupt:
            was_interrupted = True
            machine.interrupt(process)


def _find_refusal(output: str, machine: Machine) -> BadInputError | None:
    """What ReFrame refused before it started any case."""
    if any(map(read_event, output.splitlines())):
        return None
    error = explain(output, machine)
    return error if isinstance(error, BadInputError) else None


def _collect(machine: Machine, output: str) -> SessionFiles | None:
    """What a session left; None if earlier attempts had left it nothing to do."""
    if not (machine.fetch() / REPORT).is_file():
        if machine.attempt > 1 and NONE_RUN.search(output):
            return None
        raise explain(output, machine)
    return read_session(machine, REPORT)


def _nodes_left_out(sessions: Sequence[SessionFiles]) -> dict[str, str]:
    """Nodes that any case had to leave out, with Slurm's state and reason, as the checks logged them."""
    cases = (case for session in sessions for case in session.report.cases)
    return {node: why for case in cases for node, why in case.nodes_left_out.items()}


def _reframe_versions(sessions: Sequence[SessionFiles]) -> dict[str, str]:
    return {f"ReFrame ({session.seat})": clean(session.report.session.version, 40) for session in sessions}
