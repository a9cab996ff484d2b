"""``millwright demo``: the whole chain with the commands that a user would type."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO, cast

from millwright.app.context import Context
from millwright.app.measure.stored_name import DEFAULT_REPORTS, DEFAULT_RESULTS
from millwright.core.errors import BadInputError, ExitCode, FailedError, MillwrightError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.rack.requirements import find_missing

QUIET_S = 4.0
"""Longest silence, in seconds, before a line says that a step is still running."""

FACILITIES = ("rack", "workstation")


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One command of the chain."""

    title: str
    arguments: tuple[str, ...]
    may_judge: bool = False
    """Its exit code is a verdict on the machine, not on the command: the chain goes on to the report."""


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """The end of a whole chain."""

    facility: str
    seconds: float
    seconds_of: Mapping[str, float]
    """Duration of each step, by the first words of its command."""
    report: Path
    results: Path
    missing: int
    """Expected values that were not measured."""

    @property
    def leaves_hosts(self) -> bool:
        """Whether the rack stays up."""
        return self.facility != "workstation"


Announce = Callable[[int, int, ChainStep], None]
"""Called before each step with its number from 1, the number of steps and the step."""


def plan_chain(facility: str) -> tuple[ChainStep, ...]:
    """The chain for a facility: only a virtual one is brought up and provisioned."""
    describe = ChainStep("Describe: check the facility file", ("facility", "check", facility))
    measure = (
        ChainStep("Benchmark: run every expected check", ("run", facility), may_judge=True),
        ChainStep("Report: write the capacity report", ("report", facility), may_judge=True),
    )
    if facility == "workstation":
        return (describe, *measure)
    # Nothing runs on these hosts that a canary could protect, so one wave does.
    apply = ("apply", facility, "--canary", "0")
    return (
        describe,
        ChainStep("Rack: start the virtual hosts", ("rack", "up")),
        ChainStep("Provision: bring the partitions to their declared state", apply),
        ChainStep("Antenna: give a national site its access", ("antenna", "apply", facility)),
        ChainStep("Antenna: prove the access, and that it keeps others out", ("antenna", "check", facility)),
        *measure,
    )


def run_demo(context: Context, facility: str, announce: Announce) -> DemoOutcome:
    """Run the chain; each command prints as if a user had typed it.

    ``facility`` empty takes the rack if this machine can run it. Raises :exc:`MillwrightError` with the exit
    code of the command at which the chain stopped.
    """
    if facility and facility not in FACILITIES:
        expected = f"{' or '.join(FACILITIES)}{did_you_mean(facility, FACILITIES)}"
        raise BadInputError(
            [Problem("--facility", facility, "no facility of the demo", expected, code="MW2219")]
        )
    chosen = facility or choose_facility(context)
    steps = plan_chain(chosen)
    begun = time.monotonic()
    seconds_of: dict[str, float] = {}
    for number, step in enumerate(steps, start=1):
        announce(number, len(steps), step)
        started = time.monotonic()
        code = run_command(step.arguments)
        seconds_of[" ".join(step.arguments[:2])] = time.monotonic() - started
        if code != ExitCode.OK and not (step.may_judge and code in {ExitCode.FAIL, ExitCode.NOT_TESTED}):
            raise _stopped(step, code)
    report = DEFAULT_REPORTS / chosen / "latest"
    return DemoOutcome(
        facility=chosen,
        seconds=time.monotonic() - begun,
        seconds_of=seconds_of,
        report=report / "report.html",
        results=DEFAULT_RESULTS / chosen,
        missing=count_missing(report / "report.json"),
    )


def choose_facility(context: Context) -> str:
    """The rack if this machine can run it, else this machine; warns of what is missing."""
    missing = find_missing()
    if not missing:
        return "rack"
    context.warn(f"The rack can't run here: {'; '.join(missing)}. Measuring this machine instead.")
    return "workstation"


def count_missing(report: Path) -> int:
    """How many expected values a report lists as not measured."""
    missing: list[object] = json.loads(report.read_text(encoding="utf-8"))["missing"]
    return len(missing)


def command_line(arguments: Sequence[str]) -> list[str]:
    """A command of the chain, run by this Python."""
    return [sys.executable, "-m", "millwright", *arguments]


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; without a terminal, print every few seconds that it runs."""
    argv = command_line(arguments)
    if sys.stderr.isatty():
        return subprocess.run(argv, check=False).returncode
    begun = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        with selectors.DefaultSelector() as pipes:
            for pipe, target in ((child.stdout, sys.stdout), (child.stderr, sys.stderr)):
                pipes.register(cast("IO[bytes]", pipe), selectors.EVENT_READ, target)
            while pipes.get_map():
                ready = pipes.select(timeout=QUIET_S)
                if not ready:
                    sys.stderr.write(f"  … {time.monotonic() - begun:.0f} s\n")
                    sys.stderr.flush()
                for key, _ in ready:
                    if not _forward(key.fd, key.data):
                        pipes.unregister(key.fileobj)
        return child.wait()


def _forward(source: int, target: TextIO) -> bool:
    """Pass on what there is to read; False at the end."""
    chunk = os.read(source, 65536)
    target.buffer.write(chunk)
    target.flush()
    return bool(chunk)


def _stopped(step: ChainStep, code: int) -> MillwrightError:
    message = f"the chain stopped at `millwright {' '.join(step.arguments)}` (exit code {code}), see above"
    if code not in set(ExitCode):
        return FailedError(message, code="MW9001")
    error = MillwrightError(message, code="MW9001")
    error.exit_code = ExitCode(code)
    return error
