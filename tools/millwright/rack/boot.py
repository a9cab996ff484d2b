"""Start one node and wait until it answers over SSH with its pinned key."""

import time
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.core.progress import Progress
from millwright.rack.cgroups import Hierarchies, cgroup_of
from millwright.rack.journal import Journal
from millwright.rack.members import last_words, member_runs, start_member
from millwright.rack.network import give_address
from millwright.rack.node import TUN, nspawn_argv, write_seed
from millwright.rack.plan import RackNode, RackPlan
from millwright.rack.processes import is_first_of_container
from millwright.rack.recipe import Recipe
from millwright.rack.status import UP, NodeStatus, ask_node

READY_S = 120.0
CONNECT_S = 30.0
POLL_S = 0.3


class NodeBoot:
    """One node on its way up."""

    def __init__(
        self, plan: RackPlan, hierarchies: Hierarchies, journal: Journal, node: RackNode, progress: Progress
    ) -> None:
        self._plan = plan
        self._hierarchies = hierarchies
        self._journal = journal
        self._node = node
        self._progress = progress

    def run(self, image: Path, recipe: Recipe) -> NodeStatus:
        """Start, connect and await the node; :exc:`FailedError` says what it printed last."""
        name = self._node.name
        self._progress.step(name, "starting")
        seed = write_seed(self._plan, self._node, recipe.release, recipe.components)
        argv = nspawn_argv(self._plan, self._node, image, seed, tun=TUN.exists())
        start_member(self._plan, self._hierarchies, self._journal, name, argv)
        self._connect()
        found = self._await()
        self._progress.done(name, " ".join((found.state, found.address, found.detail)).strip())
        return found

    def _pause(self, detail: str, deadline: float, limit_s: float) -> None:
        name = self._node.name
        if not member_runs(self._journal, name):
            raise FailedError(f"{name} ended while it started: {last_words(self._plan, name)}", code="MW7021")
        if time.monotonic() > deadline:
            text = f"{name} was not ready within {limit_s:.0f} s ({detail}): {last_words(self._plan, name)}"
            raise FailedError(text, code="MW7022")
        self._progress.step(name, detail)
        time.sleep(POLL_S)

    def _connect(self) -> None:
        """Give the address as soon as the container has its end of the cable."""
        deadline = time.monotonic() + CONNECT_S
        cgroup = cgroup_of(self._hierarchies, self._plan.name, self._node.name)
        while True:
            reason = "starting its first process"
            first = next((pid for pid in cgroup.pids() if is_first_of_container(pid)), None)
            if first is not None:
                try:
                    give_address(self._plan, self._node, first)
                except FailedError as error:
                    reason = str(error)
                else:
                    return
            self._pause(reason, deadline, CONNECT_S)

    def _await(self) -> NodeStatus:
        deadline = time.monotonic() + READY_S
        while True:
            found = ask_node(self._plan, self._node)
            if found.state in UP:
                return found
            self._pause(f"booting: {found.state} {found.detail}".strip(), deadline, READY_S)
