"""One start of ReFrame: its command line, what its output says while it runs, and why it could not run."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from millwright.checks.declaration import Scope
from millwright.checks.naming import split_key, suite_of, variant_pattern
from millwright.checks.registry import Registry
from millwright.core.errors import BadInputError, MillwrightError, NotTestableError, Problem

ACCESS_TAG = "access"
"""Tag of the checks that run where the user sits; every other check runs at the harness."""

FACILITY_COPY = "facility.yaml"
OWN_CHECKS = "checks"
"""Copy of the checks that are not shipped, beside the facility file: where a facility keeps its own."""
REPORT = "report.json"
CHECKPOINT = "checkpoint.json"
"""Report of the cases that ended so far, see ``reframe_checks/checkpoint.py``."""
ENDED_CASES = "ended.json"
"""The cases that earlier attempts ended."""
COMPLETE = "complete"
"""Marks a session that came to its end by itself."""
STAGE = "stage"
OUTPUT = "output"

STARTED = re.compile(r"\[ +RUN +\] (?P<check>\S+) .*@(?P<system>[^:]+):(?P<partition>[^+]+)\+")
ENDED = re.compile(
    r"\[ +(?P<result>OK|FAIL|SKIP|ABORT|XFAIL|XPASS) +\] \((?P<done>\d+)/(?P<total>\d+)\) (?P<check>\S+) "
    r".*@(?P<system>[^:]+):(?P<partition>[^+]+)\+"
)
SKIPPED_FILE = re.compile(r"skipping test file '(?P<file>[^']+)': (?P<why>.+)")
SOURCE_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
FAILED_IN = re.compile(r"==> test failed during '(?P<phase>\w+)'")
FOUND = re.compile(r"Found (?P<count>\d+) check")
NONE_RUN = re.compile(r"Ran 0/0 test case")
MAX_REASON_LENGTH = 400


class LaunchSite(StrEnum):
    """Where checks are started from."""

    HARNESS = "harness"
    """Beside the nodes, where jobs are submitted."""
    USER = "user"
    """Where the user of an antenna sits."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """A case that started, or ended."""

    check: str
    partition: str
    result: str
    """ReFrame's word (``OK``, ``FAIL``, ``ABORT`` …), empty at the start."""
    phase: str = field(default="", kw_only=True)
    """Phase in which it failed (``sanity``, ``performance`` …), if it did and ReFrame says so."""
    done: int = 0
    total: int = 0
    """Cases that ended so far, and all of this session; 0 at the start."""


def checks_of(seat: LaunchSite, variants: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """The checks, or variants of checks, that are started from a seat, each once; never foreign ones."""
    from_user = seat is LaunchSite.USER
    return tuple(
        name
        for name in dict.fromkeys(variants)
        if not suite_of(split_key(name)[0])
        and (registry[split_key(name)[0]].scope is Scope.ANTENNA) is from_user
    )


def session_command(  # noqa: PLR0913 - each is a decision of the caller
    reframe: PurePosixPath,
    home: PurePosixPath,
    seat: LaunchSite,
    variants: Sequence[str],
    action: str,
    *,
    has_own_checks: bool = False,
) -> list[str]:
    """Command line of one session, which writes into the folder that it is started in.

    `home` is the checkout, `variants` are checks with their parameters (``Check %size=L2``), `action` is
    ``--run`` or ``--list``.
    """
    names = [f"--name={variant_pattern(*split_key(variant))}" for variant in variants]
    own = [f"--checkpath={OWN_CHECKS}"] if has_own_checks else []
    tag = f"--tag={ACCESS_TAG}" if seat is LaunchSite.USER else f"--exclude-tag={ACCESS_TAG}"
    return [
        str(reframe),
        f"--config-file={home / 'reframe_checks' / 'settings.py'}",
        f"--checkpath={home / 'reframe_checks'}",
        *own,
        "--recursive",
        "--prefix=.",
        f"--report-file={REPORT}",
        "--exec-policy=serial",
        tag,
        *names,
        action,
    ]


def session_environment(home: PurePosixPath) -> dict[str, str]:
    """What a session needs in its environment; every other ``RFM_`` variable must be taken out of it."""
    return {
        "MILLWRIGHT_CHECKPOINT": CHECKPOINT,
        "MILLWRIGHT_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "RFM_COLORIZE": "0",
        "RFM_WARN_AS_ERROR": "1",
    }


def read_event(line: str) -> CaseEvent | None:
    """A case that started or ended, if the line tells of one."""
    if found := STARTED.match(line):
        return CaseEvent(found["check"], found["partition"], "")
    if found := ENDED.match(line):
        return CaseEvent(
            found["check"], found["partition"], found["result"], int(found["done"]), int(found["total"])
        )
    return None


class EventReader:
    """Reads the events of a session; ReFrame names the phase of a failure some lines after the failure."""

    def __init__(self) -> None:
        self._failed: CaseEvent | None = None

    def read(self, line: str) -> tuple[CaseEvent, ...]:
        """The events that are whole with this line."""
        if self._failed and (found := FAILED_IN.match(line)):
            return (replace(self._take(self._failed), phase=found["phase"]),)
        event = read_event(line)
        if event is None:
            return ()
        before = self.end()
        if event.result == "FAIL":
            self._failed = event
            return before
        return (*before, event)

    def end(self) -> tuple[CaseEvent, ...]:
        """The failure whose phase was not named."""
        return (self._take(self._failed),) if self._failed else ()

    def _take(self, event: CaseEvent) -> CaseEvent:
        self._failed = None
        return event


def count_listed(output: str) -> int:
    """Checks that ``--list`` selected."""
    found = FOUND.search(output)
    return int(found["count"]) if found else 0


def explain_failure(output: str, seat: LaunchSite) -> MillwrightError:
    """Why a session wrote no report, from all that it printed."""
    if skipped := SKIPPED_FILE.search(output):
        return _broken_file(skipped["file"], skipped["why"])
    if "SyntaxError" in output and (sources := list(SOURCE_LINE.finditer(output))):
        return _broken_file(sources[-1]["file"], f"line {sources[-1]['line']}: not Python")
    if NONE_RUN.search(output):
        return no_check_selected(seat)
    errors = [line for line in output.splitlines() if "error" in line.lower()]
    last = [line for line in output.splitlines() if line.strip()][-1:]
    reason = (errors[-1:] or last or ["no output"])[0].strip()
    return NotTestableError(
        f"ReFrame could not run at the seat {seat}: {reason[:MAX_REASON_LENGTH]}", code="MW3205"
    )


def no_check_selected(seat: LaunchSite) -> BadInputError:
    """Nothing to run is never a success."""
    expected = "a check whose features a partition has"
    return BadInputError(
        [Problem("reframe_checks", f"seat {seat}", "no check is selected", expected, code="MW3206")]
    )


def _broken_file(file: str, why: str) -> BadInputError:
    reason = f"can't be loaded: {why[:MAX_REASON_LENGTH]}"
    return BadInputError([Problem(file, "-", reason, "a check that imports", code="MW3207")])
