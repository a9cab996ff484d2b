"""``millwright foreign``: the suites of checks that others wrote, and the ReFrame that each of them needs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millwright.adapters.reframe.foreign_environment import install_environment
from millwright.adapters.reframe.foreign_session import look_at_suite
from millwright.adapters.reframe.launch_sites import Machine, harness_machine, local_machine
from millwright.adapters.reframe.process import LaunchSite
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.checks.foreign import FILE, Suite, read_suites
from millwright.core.errors import BadInputError, ExitCode, MillwrightError, Problem
from millwright.core.files import write_atomically
from millwright.core.places import as_typed, facility_file
from millwright.core.suggestions import did_you_mean
from millwright.facility import Facility, load_facility


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """Which suites to make ready."""

    facility: str
    """Name of a known facility, or path."""
    suites: tuple[str, ...] = ()
    """All that need something if empty."""
    wheels: str = ""
    """Folder with all packages, where checks are started; empty for pip's own index."""


class SuiteState(Part):
    """A suite, and whether it could run now."""

    name: str
    title: str
    wants: str
    """ReFrame's version, or the command that is expected to be there."""
    packages: tuple[str, ...]
    locked: bool
    """A lock with the hashes of all packages is beside foreign.yaml."""
    ready: bool
    detail: str
    """What is installed, or what is missing and how to get it."""


class ForeignList(Document):
    """The suites that a facility names."""

    format: Literal["millwright-foreign-list/1"] = "millwright-foreign-list/1"
    facility: str
    suites: tuple[SuiteState, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 if a suite could not run."""
        return _exit_code(self.suites)


class ForeignInstalled(Document):
    """The suites that were made ready, or why they are not."""

    format: Literal["millwright-foreign-install/1"] = "millwright-foreign-install/1"
    facility: str
    suites: tuple[SuiteState, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 if a suite could not run."""
        return _exit_code(self.suites)


def _exit_code(suites: tuple[SuiteState, ...]) -> ExitCode:
    return ExitCode.OK if all(each.ready for each in suites) else ExitCode.NOT_TESTED


def list_suites(_context: Context, facility: str) -> ForeignList:
    """Look at each suite where its checks would be started; changes nothing."""
    file, described, suites = _read(facility)
    states = tuple(_state(described, each, as_typed(file)) for each in suites.values())
    return ForeignList(facility=described.name, suites=states)


def install_suites(context: Context, request: InstallRequest) -> ForeignInstalled:
    """Make the environments of suites where their checks start, and write each lock beside foreign.yaml.

    Raises :exc:`BadInputError` for suites that are unknown, and :exc:`FailedError` if pip fails.
    """
    file, described, suites = _read(request.facility)
    chosen = [suites[name] for name in request.suites] if _known(request, suites, file) else []
    for suite in chosen or suites.values():
        if not suite.requirements:
            continue
        context.progress.step(suite.name, f"installing {', '.join(suite.requirements)}")
        with _machine(described, suite) as machine:
            lock = install_environment(machine, suite, request.wheels)
        if not suite.lock.is_file():
            write_atomically(suite.lock, lock)
        context.progress.done(suite.name, f"installed, as {suite.lock.name} says")
    states = tuple(_state(described, each, as_typed(file)) for each in chosen or suites.values())
    return ForeignInstalled(facility=described.name, suites=states)


def _read(facility: str) -> tuple[Path, Facility, dict[str, Suite]]:
    file = facility_file(facility)
    described, suites = load_facility(file), dict(read_suites(file))
    if not suites:
        expected = f"{file.parent / FILE} with the suites to run"
        raise BadInputError([Problem(str(file), "-", "names no foreign suite", expected, code="MW6460")])
    return file, described, suites


def _known(request: InstallRequest, suites: dict[str, Suite], file: Path) -> bool:
    problems = [
        Problem(
            str(file.parent / FILE),
            name,
            "no such suite",
            f"one of {', '.join(suites)}{did_you_mean(name, suites)}",
            code="MW6461",
        )
        for name in request.suites
        if name not in suites
    ]
    if problems:
        raise BadInputError(problems)
    return True


def _state(facility: Facility, suite: Suite, typed: str) -> SuiteState:
    try:
        with _machine(facility, suite) as machine:
            found = look_at_suite(machine, suite, f"millwright foreign install {typed} {suite.name}")
        ready, detail = (
            True,
            f"ReFrame {found.reframe}, Python {found.python}, {len(found.packages)} packages",
        )
    except MillwrightError as error:
        ready, detail = False, str(error)
    return SuiteState(
        name=suite.name,
        title=suite.title,
        wants=suite.reframe or suite.command or "",
        packages=suite.packages,
        locked=suite.lock.is_file(),
        ready=ready,
        detail=detail,
    )


@contextmanager
def _machine(facility: Facility, suite: Suite) -> Iterator[Machine]:
    """The machine on which the checks of a suite are started, with a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="millwright-foreign-") as folder:
        place = Path(folder) / suite.name
        if facility.services:
            machine: Machine = harness_machine(facility, f"foreign-{suite.name}", place)
        else:
            machine = local_machine(LaunchSite.HARNESS, place)
        yield machine
        machine.clear()
