"""``millwright rack``: the virtual facility on this machine."""

import shlex
import subprocess
from collections.abc import Sequence
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import ExitCode, NotTestableError
from millwright.rack.escalation import become_root
from millwright.rack.keys import ssh_argv
from millwright.rack.members import member_runs
from millwright.rack.session import change_down, change_up, look_at, open_journal, open_plan
from millwright.rack.status import UP
from millwright.rack.status import RackStatus as FoundStatus


class RackNode(Part):
    """One virtual host."""

    name: str
    address: str
    state: str
    """running, degraded, starting, unreachable or down."""
    detail: str
    answers: bool
    """Whether it is running or degraded."""


class RackStatus(Document):
    """The whole rack as found."""

    format: Literal["millwright-rack-status/1"] = "millwright-rack-status/1"
    up: bool
    """Everything that belongs to the rack runs and answers."""
    facility: str
    bridge: bool
    mirror: bool
    nodes: tuple[RackNode, ...]

    @property
    def exit_code(self) -> ExitCode:
        """3 unless everything is up."""
        return ExitCode.OK if self.up else ExitCode.NOT_TESTED


class RackStarted(Document):
    """The rack after ``up``."""

    format: Literal["millwright-rack-up/1"] = "millwright-rack-up/1"
    changed: bool
    """False if everything was up before."""
    ssh_config: str
    """OpenSSH configuration that reaches every host by its name."""
    status: RackStatus


class RackStopped(Document):
    """The rack after ``down``."""

    format: Literal["millwright-rack-down/1"] = "millwright-rack-down/1"
    facility: str
    changed: bool
    """False if nothing of it was there before."""


def start_rack(context: Context, facility: str) -> RackStarted:
    """Start the rack, or whatever of it is missing; goes on as root if it must.

    Raises :exc:`NotTestableError` if this machine can't hold a rack and :exc:`FailedError` if it should have.
    """
    plan = open_plan(facility)
    become_root(plan)
    found, changed = change_up(plan, context.progress)
    return RackStarted(changed=changed, ssh_config=str(plan.ssh_config), status=_document(found))


def rack_status(facility: str) -> RackStatus:
    """The present state of each node; nothing is changed."""
    return _document(look_at(open_plan(facility)))


def run_on_node(facility: str, node: str, words: Sequence[str]) -> int:
    """Run a program on a node with this terminal, a shell without words; its exit code.

    Raises :exc:`BadInputError` for an unknown node and :exc:`NotTestableError` for one that does not run.
    """
    plan = open_plan(facility)
    name = plan.node(node).name
    if not member_runs(open_journal(plan), name):
        raise NotTestableError(
            f"{name} does not run; start it with: millwright rack up -f {shlex.quote(facility)}",
            code="MW7033",
        )
    argv = ssh_argv(plan, name, shlex.join(words) if words else None)
    return subprocess.run(argv, check=False).returncode


def stop_rack(context: Context, facility: str) -> RackStopped:
    """Stop the rack and remove everything that it made here, except caches and keys."""
    plan = open_plan(facility)
    become_root(plan)
    changed = change_down(plan, context.progress)
    return RackStopped(facility=plan.name, changed=changed)


def _document(found: FoundStatus) -> RackStatus:
    return RackStatus(
        up=found.is_up,
        facility=found.facility,
        bridge=found.bridge,
        mirror=found.mirror,
        nodes=tuple(
            RackNode(
                name=node.name,
                address=node.address,
                state=str(node.state),
                detail=node.detail,
                answers=node.state in UP,
            )
            for node in found.nodes
        ),
    )
