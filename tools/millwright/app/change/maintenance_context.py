"""Joins what the rounds of ``maintain`` and ``nodes commission`` need: service, gate and playbooks."""

import secrets
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.reframe.launch_sites import HARNESS_USER
from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.app.context import Context
from millwright.app.signing import own_signing_key
from millwright.core.node_sets import fold
from millwright.core.places import as_typed, state_folder
from millwright.core.progress import Progress
from millwright.facility import Facility
from millwright.fleet.look.converge import converge
from millwright.fleet.service.drain import Owner
from millwright.fleet.service.gate import Gate
from millwright.fleet.service.measuring import Bench
from millwright.fleet.service.node_service import Service, service_of
from millwright.fleet.service.terms import RESULTS, Terms
from millwright.fleet.service.upkeep import Upkeep


class StepReporter:
    """Shows which nodes are in which step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def step(self, name: str, nodes: Sequence[str]) -> None:
        """A step begins or goes on."""
        self._progress.step(name, fold(nodes) if nodes else "nothing")

    def warn(self, text: str) -> None:
        """Something is not as it should be, and the run goes on."""
        self._progress.done("warning", text)

    def event(self, event: Event) -> None:
        """An event of a playbook."""
        if event["event"] == "task":
            self._progress.step("converge", str(event["name"]))

    def case(self, _launch_site: LaunchSite, event: CaseEvent) -> None:
        """A check started or ended."""
        self._progress.step("check", f"{event.check} on {event.partition} {event.result}".rstrip())


@dataclass(frozen=True, slots=True)
class MaintenanceContext:
    """One run's facility, its place in Slurm and how it reports."""

    context: Context
    file: Path
    facility: Facility
    owner: Owner
    """Holder of the run's drains."""
    admit: str
    """Command that admits undecided nodes of this run without a comparison."""

    @property
    def reporter(self) -> StepReporter:
        """Reports steps of the run."""
        return StepReporter(self.context.progress)

    def service(self) -> Service:
        """The nodes as Slurm holds them."""
        return service_of(self.file, self.facility, self.reporter.warn)

    def upkeep(self, terms: Terms, takes_over: tuple[str, ...] = ()) -> Upkeep:
        """The rounds of the run; ``takes_over`` names drains that they may take over."""
        return Upkeep(
            service=self.service(),
            owner=self.owner,
            what="",
            converge=self._converge,
            gate=self._gate(terms) if terms.is_checked else None,
            jobs_limit_s=terms.jobs_limit_s,
            gives_back_busy=terms.gives_back_busy,
            takes_over=takes_over,
            on_step=self.reporter.step,
        )

    def _gate(self, terms: Terms) -> Gate:
        bench = Bench(
            file=self.file,
            facility=self.facility,
            results=terms.results,
            signing_key=own_signing_key(),
            threshold=terms.threshold,
            clock=self.context.now,
            token=lambda: secrets.token_hex(4),
            follow=self.reporter.case,
            measure=measure_command(self.file, terms.results),
            admit="" if terms.admits_inconclusive else self.admit,
            warn=self.reporter.warn,
        )
        return Gate(
            self.service(),
            self.owner,
            HARNESS_USER,
            bench.judge,
            time.sleep,
            admits_inconclusive=terms.admits_inconclusive,
        )

    def _converge(self, nodes: Sequence[str]) -> ApplyResult:
        """Bring single nodes to their declared state."""
        return converge(
            self.file,
            self.facility,
            ApplyOptions(limit=tuple(nodes)),
            state=state_folder(self.facility.name),
            now=self.context.now(),
            on_event=self.reporter.event,
        )


def measure_command(file: Path, results: Path) -> str:
    """Command that stores values of the whole facility in the folder of results that this run reads."""
    option = "" if results == RESULTS else f" --results-dir {shlex.quote(str(results))}"
    return f"millwright run {as_typed(file)}{option}"
