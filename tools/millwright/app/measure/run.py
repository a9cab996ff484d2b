"""``millwright run``: measure everything that a facility expects, store it and judge it."""

import datetime
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from millwright.adapters.here.checkout_changes import checkout_changes
from millwright.adapters.here.results_folder import require_room
from millwright.adapters.here.run_start import start_run
from millwright.adapters.openssh.signatures import sign_file
from millwright.adapters.reframe.attempts import Attempt
from millwright.adapters.reframe.benchmark import Stored, machines_of, run_benchmarks
from millwright.adapters.reframe.foreign import Chosen, ForeignSession, choose_suites, configuration
from millwright.adapters.reframe.launch_sites import Machine
from millwright.adapters.reframe.process import LaunchSite
from millwright.adapters.reframe.settings import read_narrowing, session_variables
from millwright.adapters.slurm.usage import usage_or_reason
from millwright.antennas.user.files import ensure_user_access
from millwright.app.context import Context
from millwright.app.document import Part
from millwright.app.measure.case_lines import CaseLines
from millwright.app.measure.choice import choose
from millwright.app.measure.junit_file import JunitFile
from millwright.app.measure.scorecard import ScorecardDocument, scorecard_fields
from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.measure.unfinished import (
    SuiteChoice,
    Unfinished,
    discard,
    held,
    is_held,
    is_recorded,
    keep_checks,
    keep_suites,
    list_unfinished,
    remove_record,
    session_folder,
    write_record,
)
from millwright.app.signing import own_signing_key
from millwright.capacity.bounds import find_bounds
from millwright.catalogue.catalogue import load_catalogue
from millwright.checks.registry import Registry, checks_for
from millwright.core.errors import BadInputError, MillwrightError, NotTestableError, Problem
from millwright.core.places import as_typed, facility_file, product_root, state_folder
from millwright.facility import Facility, load_facility
from millwright.results.run_info import RunInfo, iso_utc
from millwright.results.runs import load_run
from millwright.results.selection import Selection
from millwright.verdicts.expectations import (
    Expectation,
    expected_value,
    find_commitment_problems,
    list_expectations,
)
from millwright.verdicts.scorecard import limit_to, score

SLURM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to measure and where to store it."""

    facility: str
    """Name of a known facility, or path."""
    checks: tuple[str, ...] = ()
    """Only these checks, by name or pattern; every expected one if empty."""
    tags: tuple[str, ...] = ()
    """Only checks with one of these tags or of one of these areas."""
    nodes: str = ""
    """Only these nodes, as a node set."""
    reservation: str = ""
    """Slurm reservation that the jobs run in."""
    queue: str = ""
    """Slurm partition that the jobs are submitted to."""
    repeat: int = 1
    """How often each case of a foreign check runs; Millwright's own repeat within a case."""
    folders: tuple[Path, ...] = ()
    """Further folders of checks, after the shipped ones and the facility's own."""
    results: Path = DEFAULT_RESULTS
    sign_with: Path | None = None
    """SSH private key that signs the run; None for this account's own."""
    junit: Path | None = None
    """JUnit file to write; it is there from the start, and says so if the run never ends."""
    tier: str = ""
    """Only checks that declare this tier."""
    confirms: str = ""
    """Run whose suspicious values this one repeats."""

    @property
    def selection(self) -> Selection:
        """What the run is narrowed to."""
        return Selection(
            self.checks, self.tags, self.nodes, self.reservation, self.queue, self.tier, self.confirms
        )


class SelectionFields(Part):
    """What the run was narrowed to, and how its jobs were submitted."""

    checks: tuple[str, ...]
    """Names and patterns of checks, as given."""
    tags: tuple[str, ...]
    """Tags and areas, as given."""
    nodes: str
    """Node set, as given; empty for every node."""
    reservation: str
    """Slurm reservation; empty for none."""
    queue: str
    """Slurm partition that jobs were submitted to; empty for that of each Millwright partition."""
    tier: str
    """quick, vetting, full or soak; empty if the checks were not chosen by a tier."""
    confirms: str
    """Run whose suspicious values this one repeats; empty for every other run."""


class RunOutcome(ScorecardDocument):
    """The verdicts of the checks that were asked for."""

    format: Literal["millwright-run-outcome/1"] = "millwright-run-outcome/1"
    path: str
    """Folder of the stored run."""
    was_interrupted: bool
    """The run was stopped: only what had ended by then is stored."""
    selection: SelectionFields


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is about to do, or goes on with."""

    facility: Facility
    facility_yaml: bytes
    typed: str
    """The facility as a user types it."""
    registry: Registry
    """Every check that the facility can expect."""
    expected: tuple[Expectation, ...]
    record: Unfinished
    changes: bytes
    """Changes of the checkout since its commit."""
    suites: tuple[Chosen, ...] = ()
    """Foreign suites that run beside."""

    @property
    def info(self) -> RunInfo:
        """The run's description of itself, as far as it is known at its start."""
        return self.record.info

    @property
    def folder(self) -> Path:
        """Where the record and the raw output are until the run is stored."""
        return session_folder(self.facility.name, self.info.run_id)

    @property
    def sessions(self) -> tuple[ForeignSession, ...]:
        """The sessions of the foreign suites."""
        narrowing = read_narrowing(session_variables(self.info.selection))
        return tuple(
            ForeignSession(
                each,
                configuration(self.facility, each, narrowing),
                f"millwright foreign install {self.typed} {each.suite.name}",
            )
            for each in self.suites
        )

    @property
    def resume_command(self) -> str:
        """The command that goes on with this run."""
        return f"millwright run {self.typed} --resume {self.info.run_id}"


def run_checks(context: Context, request: RunRequest) -> RunOutcome:
    """Run the checks from every launch site, store the run and judge it.

    Raises :exc:`BadInputError`, before anything is measured, for checks that are not expected or can't be
    loaded, and :exc:`NotTestableError` if results can't be stored or no launch site left anything to store.
    """
    work = plan_work(request, context.now())
    warn_of_unfinished(context, work)
    machines = machines_of(
        work.facility,
        work.record.checks,
        work.registry,
        work.info.run_id,
        work.folder,
        session_variables(request.selection),
        work.sessions,
    )
    return carry_out(context, work, machines, (), request.junit)


def plan_work(request: RunRequest, now: datetime.datetime) -> Work:
    """Read the facility and choose what to measure; starts and writes nothing."""
    file = facility_file(request.facility)
    facility_yaml, facility = file.read_bytes(), load_facility(file)
    registry = checks_for(file, request.folders)
    problems = [*find_commitment_problems(facility, str(file), registry), *_find_faults(request, facility)]
    if problems:
        raise BadInputError(problems)
    suites = (
        () if request.tier else choose_suites(registry.suites, request.checks, request.tags, request.repeat)
    )
    known = list_expectations(facility, registry)
    expected = choose(known, request.selection, facility, registry, str(file), suites)
    info = start_run(facility, map(expected_value, expected), now, secrets.token_hex(4))
    bounds = find_bounds(facility, registry, load_catalogue())
    record = Unfinished(
        info=replace(info, selection=request.selection, bounds=bounds),
        checks=tuple(dict.fromkeys(each.variant for each in expected)),
        results=str(request.results.absolute()),
        sign_with=str(request.sign_with.absolute()) if request.sign_with else "",
        suites=tuple(SuiteChoice(each.suite.name, each.globs, each.repeat) for each in suites),
    )
    changes = checkout_changes(product_root())
    return Work(facility, facility_yaml, as_typed(file), registry, expected, record, changes, suites)


def carry_out(
    context: Context,
    work: Work,
    machines: Sequence[Machine],
    earlier: Sequence[Attempt],
    junit_path: Path | None,
) -> RunOutcome:
    """Measure what is left, store everything and judge it."""
    junit = JunitFile(junit_path, work.info)
    results = Path(work.record.results)
    require_room(results, len(work.expected), "the results folder")
    require_room(work.folder.parent, len(work.expected), "the folder of running sessions")
    with held(work.folder), junit.kept_current(context.now), _kept_for_later(context, work):
        stored = _measure(context, work, machines, earlier)
    scorecard = limit_to(score(work.facility, load_run(stored.path)), work.info.expected)
    junit.write(scorecard, context.now())
    return RunOutcome.model_validate(
        {
            **scorecard_fields(scorecard),
            "path": str(_shown(stored.path)),
            "was_interrupted": stored.was_interrupted,
            "selection": SelectionFields.model_validate(work.info.selection, from_attributes=True),
        }
    )


def _measure(context: Context, work: Work, machines: Sequence[Machine], earlier: Sequence[Attempt]) -> Stored:
    count = len(work.record.checks)
    beside = f" and {', '.join(each.suite.name for each in work.suites)}" if work.suites else ""
    context.progress.step("run", f"looking for {count} check{'s' * (count != 1)}{beside}")
    key = Path(work.record.sign_with) if work.record.sign_with else own_signing_key()

    def begin(seat: LaunchSite) -> None:
        keep_checks(work.folder, work.registry.folders)
        keep_suites(work.folder, {each.suite.name: each.suite for each in work.suites})
        write_record(work.folder, work.record, work.facility_yaml, work.changes)
        _renew_certificates(context, work.facility, seat)

    stored = run_benchmarks(
        machines,
        work.record.checks,
        work.facility_yaml,
        registry=work.registry,
        info=work.info,
        now=lambda: iso_utc(context.now()),
        root=Path(work.record.results),
        follow=CaseLines(context.progress, context.now).follow,
        sign=partial(sign_file, key=key),
        begin=begin,
        account=lambda: usage_or_reason(work.facility, context.now()),
        earlier=earlier,
        checkout_changes=work.changes,
    )
    context.progress.done("run", "stopped early" if stored.was_interrupted else "measured and stored")
    return stored


@contextmanager
def _kept_for_later(context: Context, work: Work) -> Iterator[None]:
    """Keep what is needed to go on with the run if it ends before it is stored, and name the command."""
    try:
        yield
    except BadInputError:
        discard(work.folder)
        raise
    except NotTestableError as error:
        if not is_recorded(work.folder):
            discard(work.folder)
            raise
        hint = (
            f"what was measured is in {work.folder}; {work.resume_command} stores it, and measures the rest"
        )
        raise NotTestableError(f"{error}; {hint}", code="MW6258") from error
    except BaseException:
        if is_recorded(work.folder):
            context.warn(f"what was measured is in {work.folder}; to go on: {work.resume_command}")
        else:
            discard(work.folder)
        raise
    remove_record(work.folder)


def warn_of_unfinished(context: Context, work: Work) -> None:
    """Name each earlier run of the facility that was killed, and the command that goes on with it."""
    for folder in list_unfinished(work.facility.name):
        if not is_held(folder):
            command = f"millwright run {work.typed} --resume {folder.name}"
            context.warn(f"the run {folder.name} was never stored; its raw output is in {folder}: {command}")


def _find_faults(request: RunRequest, facility: Facility) -> Iterator[Problem]:
    """Names that Slurm can't have, or that only Slurm could use."""
    has_slurm = any(partition.scheduler == "slurm" for partition in facility.partitions.values())
    for option, name in (
        ("--queue", request.selection.queue),
        ("--reservation", request.selection.reservation),
    ):
        if name and not SLURM_NAME.fullmatch(name):
            yield Problem(option, name, "can't be a name in Slurm", "letters, digits and _.+-", code="MW6254")
        elif name and not has_slurm:
            expected = "a facility with a partition of the scheduler slurm"
            yield Problem(option, name, f"{facility.name} does not use Slurm", expected, code="MW6255")


def _shown(path: Path) -> Path:
    """A path below the current directory as a relative one."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


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
