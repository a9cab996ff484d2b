"""Seats made ready for their sessions: files in place, checks that load, and what each is to start."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from millwright.adapters.reframe.attempts import session_name
from millwright.adapters.reframe.foreign import session_environment as foreign_environment
from millwright.adapters.reframe.foreign_session import RUN, Prepared, command_of, prepare
from millwright.adapters.reframe.foreign_session import explain as explain_foreign
from millwright.adapters.reframe.foreign_session import name_event as name_foreign
from millwright.adapters.reframe.launch_sites import Machine
from millwright.adapters.reframe.own_checks import ARCHIVE, pack_checks
from millwright.adapters.reframe.process import (
    FACILITY_COPY,
    CaseEvent,
    checks_of,
    count_listed,
    explain_failure,
    no_check_selected,
    session_command,
    session_environment,
)
from millwright.checks.foreign import FILE as SUITES_FILE
from millwright.checks.registry import Registry
from millwright.core.errors import FailedError, MillwrightError, NotTestableError

Command = tuple[list[str], dict[str, str]]
CommandOf = Callable[[Machine], Command]


@dataclass(frozen=True, slots=True)
class ReadySeats:
    """What can start, and what can't."""

    machines: list[Machine]
    failed: dict[str, str]
    """Sessions that can't start, and why."""
    foreign: Mapping[str, Prepared]
    """Foreign suites by session."""


def command_of_seat(
    ready: ReadySeats, checks: Sequence[str], registry: Registry, machine: Machine
) -> Command:
    """What a seat starts to measure, and the variables that it needs."""
    prepared = ready.foreign.get(session_name(machine))
    if prepared is None:
        return own_session(machine, checks, registry, "--run")
    session = prepared.session
    command = command_of(machine, session, prepared.environment, RUN)
    return command, foreign_environment(session.chosen.suite)


def name_event(event: CaseEvent, machine: Machine) -> CaseEvent:
    """A case that started or ended, as the run names it."""
    return name_foreign(event, machine.foreign.chosen.suite) if machine.foreign else event


def explain(output: str, machine: Machine) -> MillwrightError:
    """Why a session wrote no report, from all that it printed."""
    if machine.foreign:
        return explain_foreign(output, machine.foreign.chosen.suite)
    return explain_failure(output, machine.seat)


def clear_quietly(machine: Machine) -> None:
    """Remove what a session wrote, if its machine can be reached."""
    with suppress(MillwrightError):
        machine.clear()


def prepare_seats(
    machines: Sequence[Machine], checks: Sequence[str], registry: Registry, facility_yaml: bytes
) -> ReadySeats:
    """Put the facility file at every seat, and find out of several whether their checks load.

    Foreign suites are always looked at, since their cases are part of what the run sets out to measure.

    Then no seat measures while another can't. A single session refuses what it can't load by itself, and
    asking it before would start ReFrame twice.
    """
    is_only = len(machines) == 1

    def look(machine: Machine) -> Prepared | MillwrightError | None:
        try:
            if machine.foreign is not None:
                return prepare(machine, machine.foreign)
            _put_files(machine, registry, facility_yaml)
            if not is_only:
                _require_checks(machine, checks, registry)
        except MillwrightError as error:
            clear_quietly(machine)
            return error
        return None

    with ThreadPoolExecutor(max_workers=max(1, len(machines))) as pool:
        looks = list(pool.map(look, machines))
    errors = [each if isinstance(each, MillwrightError) else None for each in looks]
    broken = [error for error in errors if error and not isinstance(error, NotTestableError)]
    if broken:
        for machine in machines:
            clear_quietly(machine)
        raise broken[0]
    found = tuple(zip(machines, looks, strict=True))
    return ReadySeats(
        machines=[machine for machine, look in found if not isinstance(look, MillwrightError)],
        failed={session_name(m): str(look) for m, look in found if isinstance(look, MillwrightError)},
        foreign={session_name(m): look for m, look in found if isinstance(look, Prepared)},
    )


def _put_files(machine: Machine, registry: Registry, facility_yaml: bytes) -> None:
    machine.put(FACILITY_COPY, facility_yaml)
    if registry.suites:  # what the facility expects of them is checked wherever its file is read
        machine.put(SUITES_FILE, registry.suites_file)
    _put_own_checks(machine, registry)


def _put_own_checks(machine: Machine, registry: Registry) -> None:
    """Copy the checks that are not shipped beside the facility file, where every session looks for them."""
    if not registry.folders:
        return
    machine.put(ARCHIVE, pack_checks(registry.folders))
    process = machine.start(["tar", f"--file={ARCHIVE}", "--extract"], {})
    output, _ = process.communicate()
    if process.returncode != 0:
        raise FailedError(
            f"the checks could not be unpacked at the seat {machine.seat}: {output}", code="MW3208"
        )


def _require_checks(machine: Machine, checks: Sequence[str], registry: Registry) -> None:
    process = machine.start(*own_session(machine, checks, registry, "--list"))
    output, _ = process.communicate()
    if process.returncode != 0:
        raise explain_failure(output, machine.seat)
    if count_listed(output) == 0:
        raise no_check_selected(machine.seat)


def own_session(
    machine: Machine, checks: Sequence[str], registry: Registry, action: str
) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a session with Millwright's and the site's own checks."""
    command = session_command(
        machine.reframe,
        machine.home,
        machine.seat,
        checks_of(machine.seat, checks, registry),
        action,
        has_own_checks=bool(registry.folders),
    )
    return command, session_environment(machine.home)
