"""The gate before service: a node that was changed, repaired or is new serves users only after its checks.

The node is drained until a reservation holds it for the user who measures. Inside of that it may be
undrained, since no other job can start there. It leaves with a PASS, or drained with a reason.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from millwright.core.errors import FailedError, NotTestableError
from millwright.core.verdict import Verdict
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.node_service import Service
from millwright.verdicts.admission import Admission, confirm

Judge = Callable[[Sequence[str], str], Mapping[str, Admission]]
"""Measures nodes within a reservation."""
PATIENCE_S = 90.0
POLL_S = 2.0


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets drained nodes into service, or not."""

    service: Service
    owner: Owner
    """Who holds the drain of the nodes."""
    user: str
    """Unix user whose jobs measure."""
    judge: Judge
    wait: Callable[[float], None]
    admits_inconclusive: bool = False
    """Whether a node is let in whose verdict is INCONCLUSIVE, for example for want of peers."""

    def admits(self, verdict: Verdict) -> bool:
        """Whether nodes with this verdict go into service."""
        return verdict is Verdict.PASS or (verdict is Verdict.INCONCLUSIVE and self.admits_inconclusive)

    def pass_through(self, nodes: Sequence[str]) -> dict[str, Admission]:
        """Judge drained nodes; those that may go into service are there afterwards, the others drained.

        Whatever happens on the way, no node is in service without its verdict.
        """
        try:
            reservation = self.service.reserve(nodes, self.owner, self.user)
        except FailedError as error:  # somebody else reserved one of them meanwhile
            return {node: _not_measured(node, f"it could not be reserved: {error}") for node in nodes}
        found: dict[str, Admission] = {}
        try:
            self.service.resume(nodes, [str(self.owner)])
            ready = self._await(nodes)
            found = self._judge_twice(ready, reservation)
            silent = (node for node in nodes if node not in found)
            found |= {node: _not_measured(node, "Slurm hears nothing of the node") for node in silent}
        finally:
            self._settle(nodes, found)
            self.service.release(self.owner)
        return found

    def _judge_twice(self, nodes: Sequence[str], reservation: str) -> dict[str, Admission]:
        try:
            first = self.judge(nodes, reservation) if nodes else {}
            failed = [node for node, admission in first.items() if admission.verdict is Verdict.FAIL]
            return confirm(first, self.judge(failed, reservation) if failed else {})
        except (NotTestableError, FailedError) as error:
            return {node: _not_measured(node, str(error)) for node in nodes}

    def _settle(self, nodes: Sequence[str], found: Mapping[str, Admission]) -> None:
        """Drain every node that must not serve, before the reservation ends."""
        for node in nodes:
            admission = found.get(node)
            if admission is None:
                self.service.drain([node], self.owner, "interrupted before a verdict")
            elif not self.admits(admission.verdict):
                owner = self.owner
                if admission.verdict is Verdict.FAIL:
                    owner = Owner(Purpose.QUARANTINE, self.owner.run_id)
                self.service.drain([node], owner, f"{admission.verdict}: {_first(admission.reasons)}")

    def _await(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """The nodes that Slurm hears of, which takes some seconds after a drain ended."""
        wanted, waited_s = tuple(nodes), 0.0
        while True:
            known = self.service.nodes()
            ready = tuple(node for node in wanted if known[node].responds)
            if len(ready) == len(wanted) or waited_s >= PATIENCE_S:
                return ready
            self.wait(POLL_S)
            waited_s += POLL_S


def _not_measured(node: str, why: str) -> Admission:
    return Admission(node, Verdict.NOT_MEASURED, (why,))


def _first(reasons: Sequence[str]) -> str:
    return reasons[0] if reasons else "no reason"
