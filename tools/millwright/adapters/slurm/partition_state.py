"""What Slurm says of the nodes of a partition."""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from millwright.core.errors import NotTestableError

SINFO_S = 30
SILENCE_S = 30
"""A node that was just resumed counts as silent until slurmctld has heard of it."""
POLL_S = 2
WORKING_STATES = frozenset({"idle", "mixed", "allocated", "completing", "planned"})
SILENT = "*"
HARMLESS_FLAGS = "~#%+-"
"""Power saving and planning: such a node takes a job, perhaps after a while."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node as ``sinfo`` shows it."""

    node: str
    state: str
    """Slurm's word with its flags, for example ``drained`` or ``idle*`` (not responding)."""
    reason: str = ""
    """Why somebody drained it; empty if nobody did."""

    @property
    def takes_jobs(self) -> bool:
        """Whether a job can start on the node, now or after others."""
        return self.state.rstrip(HARMLESS_FLAGS) in WORKING_STATES

    @property
    def is_reserved(self) -> bool:
        """Whether only jobs of a reservation start on the node."""
        return self.state.rstrip(HARMLESS_FLAGS) == "reserved"

    @property
    def is_silent(self) -> bool:
        """Whether the node would take jobs, but does not respond."""
        return self.state.endswith(SILENT) and self.state.rstrip(SILENT) in {*WORKING_STATES, "reserved"}

    def __str__(self) -> str:
        return f"{self.state}: {self.reason}" if self.reason else self.state


def parse_node_states(text: str) -> dict[str, NodeState]:
    """Read the lines of ``sinfo --Node --format=%N|%T|%E``; lines of another shape are left out."""
    lines = (line.strip().split("|", 2) for line in text.splitlines())
    return {
        node: NodeState(node, state, "" if reason == "none" else reason)
        for node, state, reason in (line for line in lines if len(line) == 3)
    }


def ask_sinfo(partition: str) -> str:
    """The nodes of a partition as ``sinfo`` prints them; :exc:`NotTestableError` where it does not answer."""
    command = ["sinfo", "--noheader", "--Node", f"--partition={partition}", "--format=%N|%T|%E"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=SINFO_S).stdout
    except (OSError, subprocess.SubprocessError) as error:
        stderr = (getattr(error, "stderr", None) or "").strip()
        message = f"sinfo did not say which nodes of {partition} work: {stderr or error}"
        raise NotTestableError(message, code="MW3304") from error


def node_states(
    partition: str,
    nodes: Sequence[str],
    *,
    ask: Callable[[str], str] = ask_sinfo,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[NodeState, ...]:
    """The state of each node; ``unknown`` where Slurm does not know it in this partition.

    Waits half a minute for nodes that are silent. Raises :exc:`NotTestableError` where Slurm does not answer.
    """
    for _ in range(SILENCE_S // POLL_S):
        known = parse_node_states(ask(partition))
        if not any(known[node].is_silent for node in nodes if node in known):
            break
        wait(POLL_S)
    return tuple(known.get(node, NodeState(node, "unknown")) for node in nodes)
