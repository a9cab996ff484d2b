"""Nodes that Slurm has lost: a change that leaves one so has failed there, whatever its tasks say."""

from collections.abc import Mapping, Sequence

from millwright.adapters.slurm.controller import controller_of
from millwright.adapters.slurm.nodes import ask_nodes
from millwright.core.errors import MillwrightError
from millwright.facility.model import Facility


def lost_nodes(facility: Facility, hosts: Sequence[str]) -> Mapping[str, str]:
    """Those of the hosts that can't take jobs although nobody drained them, with Slurm's word for it.

    Empty where Slurm does not answer: on a first day there is none, and a controller that is gone says
    so by the tasks that need it.
    """
    try:
        nodes = ask_nodes(controller_of(facility).run)
    except MillwrightError:
        return {}
    return {
        host: f"Slurm lost it: {nodes[host].state}" for host in hosts if host in nodes and nodes[host].is_lost
    }
