"""What a commissioning that was killed left in Slurm, taken over by the next one.

Killed between undrain and verdict, a run leaves its nodes undrained inside of a reservation without end.
Nodes are drained again before that reservation ends, so nobody gets one that was not let into service.
"""

from collections.abc import Collection, Sequence

from millwright.core.errors import NotTestableError
from millwright.core.node_sets import fold
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.node_service import Service, owner_of_reservation

LEFT = "interrupted before a verdict"


def reclaim(service: Service, wanted: Sequence[str], ended_runs: Collection[str]) -> tuple[str, ...]:
    """End the reservations of ended commissionings that hold any of these nodes; the nodes that were held.

    Raises :exc:`NotTestableError`, with nothing changed, where another run of Millwright holds any: it may
    be at work on another machine.
    """
    held = {
        owner: found.nodes
        for name, found in service.reservations().items()
        if (owner := owner_of_reservation(name)) and not frozenset(found.nodes).isdisjoint(wanted)
    }
    others = [owner for owner in held if not _has_ended(owner, ended_runs)]
    if others:
        raise NotTestableError(
            "\n".join(_explain(owner, held[owner], service.typed) for owner in others), code="MW5002"
        )
    for owner, nodes in held.items():
        service.drain(nodes, owner, LEFT)
        service.release(owner)
    return tuple(node for nodes in held.values() for node in nodes)


def _has_ended(owner: Owner, ended_runs: Collection[str]) -> bool:
    return owner.purpose == Purpose.COMMISSION and owner.run_id in ended_runs


def _explain(owner: Owner, nodes: Sequence[str], typed: str) -> str:
    summary = f"{fold(tuple(nodes))} in a reservation of {owner}"
    if owner.purpose == Purpose.MAINTENANCE:
        return f"{summary}: resume it with millwright maintain {typed} --resume on the machine where it began"
    return (
        f"{summary}: it began on another machine; if it no longer runs, drain these nodes and delete the "
        "reservation with scontrol"
    )
