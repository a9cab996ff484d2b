"""One round of upkeep on drained nodes: drain, wait for jobs, converge, check, compare, give back.

Maintenance does it wave after wave; commissioning does it once, for nodes that are new or were repaired.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from millwright.adapters.ansible.events import ApplyResult
from millwright.adapters.slurm.reservations import SlurmReservation
from millwright.core.errors import FailedError
from millwright.core.verdict import Verdict
from millwright.fleet.rollout.host_lines import HostLine, HostState, lines_of
from millwright.fleet.service.drain import Owner
from millwright.fleet.service.gate import Gate
from millwright.fleet.service.node_service import Service
from millwright.verdicts.admission import Admission

POLL_S = 5.0


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nodes by whether jobs still run there."""

    free: tuple[str, ...]
    busy: tuple[str, ...]


class Fate(StrEnum):
    """Where a node is after its round."""

    IN_SERVICE = "in service"
    QUARANTINED = "quarantined"
    HELD = "held"
    """Drained, since nothing could be decided."""
    BUSY = "busy"
    """Its jobs ran longer than the time that was given."""
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    LEFT_ALONE = "left alone"
    """Somebody else had drained or reserved it."""
    WAITING = "waiting"
    """Its wave did not begin."""

    @property
    def is_failure(self) -> bool:
        """Whether it counts against a budget."""
        return self in {Fate.QUARANTINED, Fate.FAILED}

    @property
    def is_final(self) -> bool:
        """Whether going on with a run leaves the node as it is."""
        return self in {Fate.IN_SERVICE, Fate.QUARANTINED, Fate.LEFT_ALONE}


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One node in the report."""

    node: str
    wave: str
    fate: Fate
    message: str = ""
    verdict: str = ""
    """Of the gate; empty if the node did not come that far."""


OnStep = Callable[[str, Sequence[str]], None]
"""Called with the name of a step and the nodes that begin it."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How a round acts on the world."""

    service: Service
    owner: Owner
    what: str
    """Words beside the owner in the drain's reason."""
    converge: Callable[[Sequence[str]], ApplyResult]
    gate: Gate | None
    """None if nodes go back without checks, because somebody asked for that."""
    jobs_limit_s: float
    """How long jobs on a drained node are waited for."""
    gives_back_busy: bool
    """Whether a node whose jobs ran longer goes back to service unchanged, or stays drained."""
    takes_over: tuple[str, ...]
    """Purposes or holders of drains that this round may take over."""
    on_step: OnStep

    def round(self, wave: str, nodes: Sequence[str], wait: Callable[[float], None]) -> tuple[NodeLine, ...]:
        """Take nodes through all steps; whatever is left undecided stays drained by the owner."""
        self.on_step("drain", nodes)
        taken, lines = self._take(wave, nodes)
        quiet = await_quiet(
            self.service,
            taken,
            self.jobs_limit_s,
            wait=wait,
            on_busy=lambda busy: self.on_step("wait for jobs", busy),
        )
        lines |= self._busy(wave, quiet)
        ready, more = self._converge(wave, quiet.free) if quiet.free else ((), {})
        lines |= more | (self._give_back(wave, ready) if ready else {})
        return tuple(lines[node] for node in nodes)

    def _take(self, wave: str, nodes: Sequence[str]) -> tuple[tuple[str, ...], dict[str, NodeLine]]:
        barred = self.service.barred(nodes, self.owner) if self.gate else {}
        why_left = {node: _explain(node, reservation) for node, reservation in barred.items()}
        found = self.service.drain([node for node in nodes if node not in barred], self.owner, self.what)
        over = self.service.take_over(tuple(found.left), self.takes_over, self.owner, self.what)
        why_left |= {node: found.left[node] for node in over.left}
        left = {node: NodeLine(node, wave, Fate.LEFT_ALONE, why) for node, why in why_left.items()}
        return tuple(node for node in nodes if node not in left), left

    def _busy(self, wave: str, quiet: Quiet) -> dict[str, NodeLine]:
        message = "jobs ran longer than the time that was given; it stays drained, and they run on"
        if quiet.busy and self.gives_back_busy:
            self.service.resume(quiet.busy, [str(self.owner)])
            message = "jobs ran longer than the time that was given; it was given back unchanged"
        return {node: NodeLine(node, wave, Fate.BUSY, message) for node in quiet.busy}

    def _converge(self, wave: str, nodes: Sequence[str]) -> tuple[tuple[str, ...], dict[str, NodeLine]]:
        self.on_step("converge", nodes)
        try:
            found = lines_of(wave, nodes, self.converge(nodes))
        except FailedError as error:
            found = tuple(HostLine(node, wave, HostState.UNFINISHED, message=str(error)) for node in nodes)
        ready = tuple(line.host for line in found if line.state.is_done)
        return ready, {line.host: _not_converged(line) for line in found if not line.state.is_done}

    def _give_back(self, wave: str, nodes: Sequence[str]) -> dict[str, NodeLine]:
        if self.gate is None:
            self.on_step("give back", nodes)
            self.service.resume(nodes, [str(self.owner)])
            return {node: NodeLine(node, wave, Fate.IN_SERVICE, "not checked, as asked") for node in nodes}
        self.on_step("check", nodes)
        found = self.gate.pass_through(nodes)
        return {node: self._judged(wave, found[node]) for node in nodes}

    def _judged(self, wave: str, admission: Admission) -> NodeLine:
        fate = Fate.HELD
        if self.gate and self.gate.admits(admission.verdict):
            fate = Fate.IN_SERVICE
        elif admission.verdict is Verdict.FAIL:
            fate = Fate.QUARANTINED
        return NodeLine(admission.node, wave, fate, "; ".join(admission.reasons), str(admission.verdict))


def _explain(node: str, held: SlurmReservation) -> str:
    """Whose reservation keeps a node from being measured, and the ways out."""
    owner = f" of {held.who}" if held.who else ""
    return (
        f"in reservation {held.name}{owner}, {held.start} to {held.end}, beside which no job can measure it: "
        f"try again after that, or take the node out with scontrol update reservationname={held.name} "
        f"nodes-={node} (its last node: scontrol delete reservationname={held.name})"
    )


def _not_converged(line: HostLine) -> NodeLine:
    fate = Fate.UNREACHABLE if line.state is HostState.UNREACHABLE else Fate.FAILED
    return NodeLine(line.host, line.wave, fate, f"stays drained; {line.message}")


def await_quiet(
    service: Service,
    nodes: Sequence[str],
    limit_s: float,
    *,
    wait: Callable[[float], None],
    on_busy: Callable[[Sequence[str]], None],
) -> Quiet:
    """Wait up to `limit_s` seconds for the jobs on these nodes; `on_busy` gets those that still have some."""
    waited_s = 0.0
    while True:
        known = service.nodes()
        busy = tuple(node for node in nodes if known[node].is_busy)
        if not busy or waited_s >= limit_s:
            return Quiet(tuple(node for node in nodes if node not in busy), busy)
        on_busy(busy)
        pause_s = min(POLL_S, limit_s - waited_s)
        wait(pause_s)
        waited_s += pause_s
