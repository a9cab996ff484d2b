"""What a rack is doing now: looked up, never remembered."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from millwright.core.process import tail
from millwright.rack.journal import Journal
from millwright.rack.keys import ssh_argv
from millwright.rack.members import MIRROR, member_runs
from millwright.rack.network import has_interface
from millwright.rack.plan import RackNode, RackPlan


class State(StrEnum):
    """State of a node."""

    RUNNING = "running"
    """Every service started."""
    DEGRADED = "degraded"
    """It answers, but a service failed."""
    STARTING = "starting"
    UNREACHABLE = "unreachable"
    """Its container runs but does not answer over SSH."""
    DOWN = "down"


UP = frozenset({State.RUNNING, State.DEGRADED})


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node as found."""

    name: str
    address: str
    state: State
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RackStatus:
    """The whole rack as found."""

    facility: str
    bridge: bool
    mirror: bool
    nodes: tuple[NodeStatus, ...]

    @property
    def is_up(self) -> bool:
        """Everything that belongs to the rack runs and answers."""
        return self.bridge and self.mirror and all(node.state in UP for node in self.nodes)

    @property
    def is_down(self) -> bool:
        """Nothing of the rack runs."""
        return not self.bridge and not self.mirror and all(node.state is State.DOWN for node in self.nodes)


ASK = "systemctl is-system-running; systemctl list-units --failed --plain --no-legend"


def ask_node(plan: RackPlan, node: RackNode) -> NodeStatus:
    """Ask a node over SSH, with its pinned key, how its systemd is."""
    argv = ssh_argv(plan, node.name, ASK, options=("-o", "BatchMode=yes", "-o", "ConnectTimeout=3"))
    try:
        answer = subprocess.run(
            argv,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return NodeStatus(node.name, node.address, State.UNREACHABLE, "no answer within 20 s")
    return read_answer(node, answer.returncode, answer.stdout, answer.stderr)


def read_answer(node: RackNode, code: int, stdout: str, stderr: str) -> NodeStatus:
    """Turn what came back over SSH into a status."""
    lines = stdout.split("\n")
    word = lines[0].strip()
    if code == 255 or not word:
        return NodeStatus(node.name, node.address, State.UNREACHABLE, tail(stderr, 1))
    failed = ", ".join(line.split()[0] for line in lines[1:] if line.strip())
    if word in {State.RUNNING, State.DEGRADED}:
        return NodeStatus(node.name, node.address, State(word), failed)
    return NodeStatus(node.name, node.address, State.STARTING, word)


def _node_status(plan: RackPlan, journal: Journal, node: RackNode) -> NodeStatus:
    if not member_runs(journal, node.name):
        return NodeStatus(node.name, node.address, State.DOWN)
    return ask_node(plan, node)


def rack_status(plan: RackPlan, journal: Journal, nodes: Sequence[RackNode] | None = None) -> RackStatus:
    """Look at every node at the same time."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        found = tuple(pool.map(lambda node: _node_status(plan, journal, node), nodes or plan.nodes))
    return RackStatus(plan.name, has_interface(plan.bridge), member_runs(journal, MIRROR), found)
