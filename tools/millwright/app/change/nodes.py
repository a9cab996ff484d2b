"""``millwright nodes``: see, drain and resume nodes.

Commissioning is in a module of its own: the status of nodes must not wait for SciPy.
"""

import getpass
import secrets
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import BadInputError, ExitCode, Problem
from millwright.core.places import facility_file
from millwright.facility import Facility, load_facility
from millwright.fleet.node_selection import select_nodes
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.node_service import Service, service_of
from millwright.fleet.service.node_status import status_of
from millwright.results.run_info import make_run_id


class NodeState(Part):
    """One node."""

    node: str
    partitions: tuple[str, ...]
    state: str
    """Slurm's state; ``unknown`` if Slurm does not know the node."""
    owner: str
    """Holder of the node's drain; empty if it is not drained."""
    since: str
    """When it was drained, ISO 8601 in UTC."""
    reason: str
    health: str
    """responds, faulty (by the node health check), lost or unknown."""


class NodesStatus(Document):
    """State, drain and health of nodes."""

    format: Literal["millwright-nodes-status/1"] = "millwright-nodes-status/1"
    facility: str
    exit_code: int
    nodes: tuple[NodeState, ...]


class NodesDrained(Document):
    """Nodes that were taken out of service."""

    format: Literal["millwright-nodes-drain/1"] = "millwright-nodes-drain/1"
    facility: str
    exit_code: int
    drained: tuple[str, ...]
    left: dict[str, str]
    """Nodes that were left alone, each with the reason."""


class NodesResumed(Document):
    """Nodes that were given back."""

    format: Literal["millwright-nodes-resume/1"] = "millwright-nodes-resume/1"
    facility: str
    exit_code: int
    resumed: tuple[str, ...]
    left: dict[str, str]
    """Nodes that were left alone, each with the reason."""


def nodes_status(context: Context, facility: str, nodes: str = "") -> NodesStatus:
    """The state of nodes (a node set or partitions; all if empty); exit code 3 if one is not reached.

    Raises :exc:`BadInputError` for unknown nodes, :exc:`NotTestableError` if no controller answers.
    """
    described, wanted, service = _select(context, facility, nodes)
    found = status_of(service.nodes(), wanted)
    code = ExitCode.OK if all(line.is_reached for line in found) else ExitCode.NOT_TESTED
    states = tuple(
        NodeState(
            node=line.node,
            partitions=line.partitions,
            state=line.state,
            owner=line.owner,
            since=line.since,
            reason=line.reason,
            health=line.health,
        )
        for line in found
    )
    return NodesStatus(facility=described.name, exit_code=int(code), nodes=states)


def drain_nodes(context: Context, facility: str, nodes: str, reason: str) -> NodesDrained:
    """Take nodes out of service; exit code 1 if one was left alone since somebody else drained it.

    Raises as :func:`nodes_status` does, and :exc:`BadInputError` for an empty reason.
    """
    described, wanted, service = _select(context, facility, nodes)
    if not reason.strip():
        raise BadInputError(
            [Problem("--reason", "-", "empty", "the reason, in words for other admins", code="MW2205")]
        )
    owner = Owner(Purpose.DRAIN, make_run_id(context.now(), secrets.token_hex(4)))
    found = service.drain(wanted, owner, f"{getpass.getuser()}: {reason}")
    return NodesDrained(
        facility=described.name,
        exit_code=int(ExitCode.FAIL if found.left else ExitCode.OK),
        drained=found.chosen,
        left=dict(found.left),
    )


def resume_nodes(context: Context, facility: str, nodes: str, force_owner: str = "") -> NodesResumed:
    """Give back nodes drained by ``nodes drain``, or by ``force_owner`` alone; 1 if one stayed drained.

    Raises as :func:`nodes_status` does.
    """
    described, wanted, service = _select(context, facility, nodes)
    found = service.resume(wanted, [force_owner] if force_owner else [str(Purpose.DRAIN)])
    return NodesResumed(
        facility=described.name,
        exit_code=int(ExitCode.FAIL if found.left else ExitCode.OK),
        resumed=found.chosen,
        left=dict(found.left),
    )


def _select(context: Context, facility: str, nodes: str) -> tuple[Facility, tuple[str, ...], Service]:
    file = facility_file(facility)
    described = load_facility(file)
    wanted = select_nodes(described, nodes)
    return described, wanted, service_of(file, described, context.warn)
