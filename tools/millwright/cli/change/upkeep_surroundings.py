"""What ``millwright maintain`` and ``millwright nodes commission`` share: surroundings and the report."""

import json
import secrets
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.reframe.launch_sites import HARNESS_USER
from millwright.adapters.reframe.process import CaseEvent, Seat
from millwright.cli.change.node_options import DEFAULT_DIR
from millwright.cli.progress import LiveSteps, PlainSteps
from millwright.cli.signing import own_signing_key
from millwright.core.clock import utc_now
from millwright.core.node_sets import fold
from millwright.core.places import as_typed, state_folder
from millwright.facility import Facility
from millwright.fleet.look.converge import converge
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.stored_report import store_report
from millwright.fleet.service.drain import Owner
from millwright.fleet.service.gate import Gate
from millwright.fleet.service.maintenance import Upkept
from millwright.fleet.service.measuring import Bench
from millwright.fleet.service.node_service import service_of
from millwright.fleet.service.upkeep import Fate, NodeLine, Upkeep

STYLES = {
    Fate.IN_SERVICE: "green",
    Fate.QUARANTINED: "bold red",
    Fate.FAILED: "bold red",
    Fate.HELD: "yellow",
    Fate.BUSY: "yellow",
    Fate.UNREACHABLE: "bold magenta",
    Fate.LEFT_ALONE: "dim",
    Fate.WAITING: "dim",
}


class StepTeller:
    """Shows which nodes are in which step."""

    def __init__(self, steps: LiveSteps | PlainSteps) -> None:
        self._steps = steps

    def step(self, name: str, nodes: Sequence[str]) -> None:
        """A step begins or goes on."""
        self._steps.step(name, fold(tuple(nodes)) if nodes else "nothing")

    def warn(self, text: str) -> None:
        """Something is not as it should be, and the run goes on."""
        self._steps.done("warning", text)

    def event(self, event: Event) -> None:
        """What the playbooks do."""
        if event["event"] == "task":
            self._steps.step("converge", str(event["name"]))

    def case(self, _seat: Seat, event: CaseEvent) -> None:
        """What the checks do."""
        self._steps.step("check", f"{event.check} on {event.partition} {event.result}".rstrip())


def make_gate(  # noqa: PLR0913 - joins what a command found
    file: Path,
    facility: Facility,
    owner: Owner,
    teller: StepTeller,
    *,
    results: Path,
    threshold: float,
    admits_inconclusive: bool,
) -> Gate:
    """The gate for one run."""
    bench = Bench(
        file=file,
        facility=facility,
        results=results,
        signing_key=own_signing_key(),
        threshold=threshold,
        clock=utc_now,
        token=lambda: secrets.token_hex(4),
        follow=teller.case,
        measure="" if admits_inconclusive else _measure_command(file, results),
        warn=teller.warn,
    )
    return Gate(
        service_of(file, facility, teller.warn),
        owner,
        HARNESS_USER,
        bench.judge,
        time.sleep,
        admits_inconclusive=admits_inconclusive,
    )


def _measure_command(file: Path, results: Path) -> str:
    """What stores values of the whole facility where this run looks for them."""
    where = "" if results == DEFAULT_DIR else f" --results-dir {shlex.quote(str(results))}"
    return f"millwright run {as_typed(file)}{where}"


def converger(file: Path, facility: Facility, teller: StepTeller) -> Callable[[Sequence[str]], ApplyResult]:
    """Brings single nodes to their declared state."""

    def run(nodes: Sequence[str]) -> ApplyResult:
        options = ApplyOptions(limit=tuple(nodes))
        state = state_folder(facility.name)
        return converge(file, facility, options, state=state, now=utc_now(), on_event=teller.event)

    return run


def upkept_data(outcome: Upkept, facility: str, run_id: str, folder: Path) -> dict[str, object]:
    """Everything about a run, for ``--json`` and the stored report."""
    return {
        "facility": facility,
        "run_id": run_id,
        "exit_code": int(outcome.exit_code),
        "stopped": outcome.stopped,
        "nodes": [asdict(line) for line in outcome.lines],
        "folder": str(folder),
    }


def upkept_text(outcome: Upkept) -> str:
    """One line a node as plain text."""
    return "".join(f"{line.node}\t{line.fate}\t{line.verdict}\t{line.message}\n" for line in outcome.lines)


def show_upkept(outcome: Upkept, data: dict[str, object], hint: str, *, as_json: bool) -> None:
    """Print the report; nodes of which the same is said share a line."""
    if as_json:
        typer.echo(json.dumps(data, indent=2))
        return
    console = Console()
    console.print(_table(outcome.lines))
    if outcome.stopped:
        console.print(Text(f"Stopped: {outcome.stopped}."))
    if not all(line.fate.is_final for line in outcome.lines):
        console.print(Text(hint))


def _table(lines: Sequence[NodeLine]) -> Table:
    table = Table("nodes", "fate", "verdict", "why", box=None, pad_edge=False)
    groups: dict[tuple[Fate, str, str], list[str]] = {}
    for line in lines:
        groups.setdefault((line.fate, line.verdict, line.message), []).append(line.node)
    for (fate, verdict, message), nodes in groups.items():
        table.add_row(
            Text(fold(tuple(nodes))), Text(str(fate), style=STYLES[fate]), Text(verdict), Text(message)
        )
    return table


def make_upkeep(  # noqa: PLR0913 - joins what a command found
    file: Path,
    facility: Facility,
    owner: Owner,
    teller: StepTeller,
    *,
    gate: Gate | None,
    jobs_limit_s: float,
    gives_back_busy: bool = False,
    takes_over: tuple[str, ...] = (),
) -> Upkeep:
    """The rounds of one run."""
    return Upkeep(
        service=service_of(file, facility, teller.warn),
        owner=owner,
        what="",
        converge=converger(file, facility, teller),
        gate=gate,
        jobs_limit_s=jobs_limit_s,
        gives_back_busy=gives_back_busy,
        takes_over=takes_over,
        tell=teller.step,
    )


def report(outcome: Upkept, facility: str, journal: Journal, hint: str, *, as_json: bool) -> int:
    """Store and print what a run left; its exit code."""
    data = upkept_data(outcome, facility, journal.run_id, journal.folder)
    store_report(journal.folder, data, upkept_text(outcome))
    show_upkept(outcome, data, hint, as_json=as_json)
    return outcome.exit_code
