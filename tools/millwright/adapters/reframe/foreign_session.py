"""Prepare and start a session of a foreign suite: its files, what it would run, and why it could not."""

from dataclasses import dataclass

from millwright.adapters.reframe.foreign import (
    ARCHIVE,
    CHECKS_FOLDER,
    SETTINGS_FILE,
    SUITE_FILE,
    ForeignSession,
    read_listing,
    read_unloaded,
    session_command,
    session_environment,
)
from millwright.adapters.reframe.foreign_environment import Environment, describe_environment, reframe_of
from millwright.adapters.reframe.launch_sites import Machine
from millwright.adapters.reframe.own_checks import pack_folder
from millwright.adapters.reframe.process import MAX_REASON_LENGTH, CaseEvent
from millwright.checks.foreign import FILE, Suite
from millwright.core.errors import BadInputError, FailedError, NotTestableError, Problem
from millwright.core.places import product_root
from millwright.results.foreign import clean
from millwright.results.run_info import ForeignCase, ForeignSuite

LIST = "--list=C"
RUN = "--run"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A session that can start."""

    session: ForeignSession
    environment: Environment
    cases: tuple[ForeignCase, ...]
    unloaded: tuple[str, ...]

    @property
    def described(self) -> ForeignSuite:
        """The suite as a run records it."""
        suite, environment = self.session.chosen.suite, self.environment
        return ForeignSuite(
            name=suite.name,
            title=suite.title,
            reframe=environment.reframe or suite.command or "",
            python=environment.python,
            packages=environment.packages,
            checks_sha256=environment.checks_sha256,
            repeat=self.session.chosen.repeat,
            cases=self.cases,
            unloaded=self.unloaded,
        )


def prepare(machine: Machine, session: ForeignSession) -> Prepared:
    """Put the suite's files in place and list its cases; starts no job.

    Raises :exc:`BadInputError` if no case is selected, and :exc:`NotTestableError` if its ReFrame is not
    there or does not start.
    """
    suite = session.chosen.suite
    machine.put(SUITE_FILE, session.configuration)
    machine.put(SETTINGS_FILE, (product_root() / "reframe_checks" / SETTINGS_FILE).read_bytes())
    environment = look_at_suite(machine, suite, session.install)
    command = command_of(machine, session, environment, LIST)
    process = machine.start(command, session_environment(suite))
    output, _ = process.communicate()
    if process.returncode != 0:
        raise explain(output, suite)
    cases = read_listing(output, suite)
    if not cases:
        raise BadInputError([_no_case(session)])
    return Prepared(session, environment, cases, read_unloaded(output))


def look_at_suite(machine: Machine, suite: Suite, install: str) -> Environment:
    """Put the suite's checks in place and look at its environment, which `install` makes.

    Raises as :func:`prepare` does, but for the cases.
    """
    _put_checks(machine, suite)
    return describe_environment(machine, suite, CHECKS_FOLDER, install)


def command_of(machine: Machine, session: ForeignSession, environment: Environment, action: str) -> list[str]:
    """Command line of the session."""
    reframe = reframe_of(machine, session.chosen.suite)
    return session_command(reframe, environment.purelib, session.chosen, action)


def explain(output: str, suite: Suite) -> NotTestableError:
    """Why ReFrame left no listing or report."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    reason = clean((errors or lines or ["no output"])[-1].strip(), MAX_REASON_LENGTH)
    return NotTestableError(f"ReFrame could not run the suite {suite.name}: {reason}", code="MW6457")


def name_event(event: CaseEvent, suite: Suite) -> CaseEvent:
    """A case that started or ended, with the suite's name as prefix."""
    return CaseEvent(
        f"{suite.name}.{clean(event.check)}", clean(event.partition), event.result, event.done, event.total
    )


def _put_checks(machine: Machine, suite: Suite) -> None:
    if suite.source is None:
        return
    if not suite.source.is_dir():
        problem = "no such folder"
        expected = f"a folder with ReFrame checks, or another folder in {FILE}"
        raise BadInputError(
            [Problem(str(suite.source), f"suites.{suite.name}.folder", problem, expected, code="MW6458")]
        )
    machine.put(ARCHIVE, pack_folder(suite.source, CHECKS_FOLDER))
    process = machine.start(["tar", f"--file={ARCHIVE}", "--extract"], {})
    output, _ = process.communicate()
    if process.returncode != 0:
        raise FailedError(
            f"the checks of the suite {suite.name} could not be unpacked: {clean(output)}", code="MW6459"
        )


def _no_case(session: ForeignSession) -> Problem:
    chosen = session.chosen
    asked = " ".join(
        [
            *(f"--check {chosen.suite.name}.{each}" for each in chosen.globs),
            *(f"tag {each}" for each in chosen.suite.tags),
            *(f"include {each}" for each in chosen.suite.include),
        ]
    )
    problem = f"no check matches{f' ({asked})' if asked else ''}, so nothing would be measured"
    expected = "checks whose names, tags, systems and environments fit; reframe -l lists them all"
    return Problem(FILE, f"suites.{chosen.suite.name}", problem, expected, code="MW6456")
