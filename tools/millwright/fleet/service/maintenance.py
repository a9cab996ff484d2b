"""Upkeep in waves, with a journal: a run that was killed goes on and knows its own drains by its run id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from millwright.core.errors import ExitCode
from millwright.fleet.rollout.budget import Budget, Spent
from millwright.fleet.rollout.journal import Journal
from millwright.fleet.rollout.waves import Wave
from millwright.fleet.service.upkeep import Fate, NodeLine

Round = Callable[[str, Sequence[str]], tuple[NodeLine, ...]]
"""Takes the nodes of a wave, named by its first argument, through all steps."""


@dataclass(frozen=True, slots=True)
class MaintenanceResult:
    """What a run left."""

    lines: tuple[NodeLine, ...]
    stopped: str = ""
    """Why later waves did not begin."""

    @property
    def exit_code(self) -> ExitCode:
        """1 where a node failed or was quarantined, 3 where one is not in service for another reason."""
        fates = {line.fate for line in self.lines}
        if any(fate.is_failure for fate in fates) or self.stopped:
            return ExitCode.FAIL
        return ExitCode.OK if fates <= {Fate.IN_SERVICE} else ExitCode.NOT_TESTED


def run_maintenance(
    waves: Sequence[Wave], budget: Budget, journal: Journal, one_round: Round, clock: Callable[[], datetime]
) -> MaintenanceResult:
    """Take wave after wave through its round; nodes that the journal knows to be through are left out."""
    known = finished_nodes(journal)
    lines: list[NodeLine] = []
    stopped = ""
    total = sum(len(wave.hosts) for wave in waves)
    for wave in waves:
        left = tuple(node for node in wave.hosts if node not in known)
        kept = [known[node] for node in wave.hosts if node in known]
        lines.extend(kept)
        if stopped or not left:
            lines.extend(NodeLine(node, wave.name, Fate.WAITING, stopped) for node in left)
            continue
        journal.note(clock(), "wave", wave=wave.name, nodes=list(left))
        found = one_round(wave.name, left)
        journal.note_all(clock(), (_entry(line) for line in found))
        lines.extend(found)
        overall = _spent(lines, total)
        stopped = budget.why_to_stop(
            _spent([*kept, *found], len(wave.hosts)), overall, is_trial=wave.is_trial
        )
    waits = any(line.fate is Fate.WAITING for line in lines)
    outcome = MaintenanceResult(tuple(lines), stopped if waits else "")
    finished = all(line.fate.is_final for line in lines)
    journal.note(clock(), "end", exit_code=int(outcome.exit_code), stopped=stopped, finished=finished)
    return outcome


def finished_nodes(journal: Journal) -> dict[str, NodeLine]:
    """Nodes that need nothing more of this run, by what the journal says of them last."""
    last = {str(entry["node"]): entry for entry in journal.entries() if entry["event"] == "node"}
    lines = (
        NodeLine(
            *(
                node,
                str(entry["wave"]),
                Fate(str(entry["fate"])),
                str(entry["message"]),
                str(entry["verdict"]),
            )
        )
        for node, entry in last.items()
    )
    return {line.node: line for line in lines if line.fate.is_final}


def _entry(line: NodeLine) -> dict[str, object]:
    entry = {"node": line.node, "wave": line.wave, "fate": str(line.fate)}
    return {"event": "node", **entry, "message": line.message, "verdict": line.verdict}


def _spent(lines: Sequence[NodeLine], hosts: int) -> Spent:
    fates = [line.fate for line in lines]
    return Spent(hosts, sum(fate.is_failure for fate in fates), fates.count(Fate.UNREACHABLE))
