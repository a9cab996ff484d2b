"""``millwright demo``: the whole chain with the commands that a user would type."""

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, TextIO, cast

import typer
from rich.console import Console
from rich.text import Text

from millwright.core.errors import ExitCode, FailedError, MillwrightError, NotTestableError
from millwright.core.places import default_folder
from millwright.rack.requirements import find_missing

QUIET_S = 4.0
"""Longest silence, in seconds, before a line says that a step is still under way."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the chain."""

    says: str
    arguments: tuple[str, ...]
    may_judge: bool = False
    """Its exit code is a verdict on the machine, not on the command: the chain goes on to the report."""


def plan(facility: str) -> tuple[Step, ...]:
    """The chain for a facility: only a virtual one is brought up and provisioned."""
    describe = Step("Describe: check the facility file", ("facility", "check", facility))
    measure = (
        Step("Benchmark: run every expected check", ("run", facility), may_judge=True),
        Step("Report: write the capacity report", ("report", facility), may_judge=True),
    )
    if facility == "workstation":
        return (describe, *measure)
    return (
        describe,
        Step("Rack: start the virtual hosts", ("rack", "up")),
        # Nothing runs on these hosts that a canary could protect, so one wave does.
        Step("Provision: bring the partitions to their declared state", ("apply", facility, "--canary", "0")),
        Step("Antenna: give a national site its access", ("antenna", "apply", facility)),
        Step("Antenna: prove the access, and that it keeps others out", ("antenna", "check", facility)),
        *measure,
    )


def command_line(arguments: Sequence[str]) -> list[str]:
    """How a command of the chain is started: with this Python."""
    return [sys.executable, "-m", "millwright", *arguments]


def _run(arguments: Sequence[str]) -> int:
    """Run one command of the chain; without a terminal, say every few seconds that it still runs."""
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


def command(
    facility: Annotated[
        str, typer.Option(help="rack or workstation; chosen by what this machine can do.")
    ] = "",
) -> None:
    """Run the whole chain: describe, provision, benchmark, report.

    Takes the virtual rack where this machine can run it, else this machine as one node.

    Example: millwright demo --facility workstation
    """
    console = Console(stderr=True)
    chosen = facility or _choose(console)
    steps = plan(chosen)
    begun = time.monotonic()
    lasted: dict[str, float] = {}
    for number, step in enumerate(steps, start=1):
        console.print(Text(f"\n[{number}/{len(steps)}] {step.says}", style="bold"))
        console.print(Text(f"$ millwright {' '.join(step.arguments)}", style="dim"))
        started = time.monotonic()
        code = _run(step.arguments)
        lasted[" ".join(step.arguments[:2])] = time.monotonic() - started
        if code != ExitCode.OK and not (step.may_judge and code in {ExitCode.FAIL, ExitCode.NOT_TESTED}):
            _stop(step, code)
    _close(console, chosen, time.monotonic() - begun, lasted)
    missing = count_missing(default_folder("output") / chosen / "latest" / "report.json")
    if missing:
        raise NotTestableError(f"{missing} expected values were not measured; the report says why")


def count_missing(report: Path) -> int:
    """How many expected values a report lists as not measured."""
    missing: list[object] = json.loads(report.read_text(encoding="utf-8"))["missing"]
    return len(missing)


def _choose(console: Console) -> str:
    missing = find_missing()
    if not missing:
        return "rack"
    console.print(
        Text("The rack can't run here: " + "; ".join(missing) + ". Measuring this machine instead.")
    )
    return "workstation"


def _stop(step: Step, code: int) -> None:
    message = f"the chain stopped at `millwright {' '.join(step.arguments)}` (exit code {code}), see above"
    if code in set(ExitCode):
        error = MillwrightError(message)
        error.exit_code = ExitCode(code)
        raise error
    raise FailedError(message)


def _close(console: Console, facility: str, seconds: float, lasted: Mapping[str, float]) -> None:
    latest = default_folder("output") / facility / "latest"
    console.print(Text(f"\nThe chain ran in {seconds / 60:.1f} minutes.", style="bold"))
    steps = ", ".join(f"{name} {length:.0f} s" for name, length in lasted.items())
    console.print(Text(f"  steps    {steps}"), soft_wrap=True)
    results = default_folder("results") / facility
    console.print(Text(f"  report   {latest / 'report.html'}\n  results  {results}/"))
    if facility != "workstation":
        console.print(
            Text("  hosts    still up: millwright rack exec rack-login sinfo; millwright rack down ends them")
        )
