"""Takes nodes out of service and gives them back, through the controller, and never another's."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from millwright.adapters.slurm.controller import Controller, controller_of
from millwright.adapters.slurm.nodes import SlurmNode, ask_nodes
from millwright.adapters.slurm.reservations import RESERVATIONS, SlurmReservation, parse_reservations
from millwright.core.errors import FailedError
from millwright.core.node_sets import fold_for_slurm
from millwright.core.places import as_typed
from millwright.facility.model import Facility
from millwright.fleet.service.drain import (
    Owner,
    Sorted,
    reason_of,
    require_known,
    sort_for_drain,
    sort_for_resume,
)


@dataclass(frozen=True, slots=True)
class Service:
    """The nodes of one facility, as Slurm holds them."""

    typed: str
    """The facility as a command names it."""
    controller: Controller

    def nodes(self) -> Mapping[str, SlurmNode]:
        """Every node by name; raises :exc:`NotTestableError` where the controller does not answer."""
        return ask_nodes(self.controller.run)

    def free_nodes(self, wanted: Sequence[str], owner: Owner) -> frozenset[str]:
        """Those of the nodes that Slurm hears of and that nobody but this owner has drained."""
        nodes = self.nodes()
        require_known(nodes, wanted, self.typed)
        allowed = sort_for_drain(nodes, wanted, owner).chosen
        return frozenset(name for name in allowed if nodes[name].responds)

    def drain(self, wanted: Sequence[str], owner: Owner, what: str = "") -> Sorted:
        """Drain nodes for an owner; running jobs run on, and what another drained stays as it is."""
        nodes = self.nodes()
        require_known(nodes, wanted, self.typed)
        found = sort_for_drain(nodes, wanted, owner)
        fresh = tuple(name for name in found.chosen if not nodes[name].is_drained)
        self._update(fresh, "state=drain", f"reason={reason_of(owner, what)}")
        return found

    def take_over(self, wanted: Sequence[str], owners: Sequence[str], new: Owner, what: str = "") -> Sorted:
        """Let another owner hold the drains that these owners hold; the nodes stay drained throughout."""
        if not wanted:
            return Sorted(())
        found = sort_for_resume(self.nodes(), wanted, owners)
        self._update(found.chosen, "state=drain", f"reason={reason_of(new, what)}")
        return found

    def resume(self, wanted: Sequence[str], owners: Sequence[str]) -> Sorted:
        """Give back nodes whose drain one of these owners holds.

        Only the drain ends: a node that Slurm itself set down stays down.
        """
        nodes = self.nodes()
        require_known(nodes, wanted, self.typed)
        found = sort_for_resume(nodes, wanted, owners)
        self._update(found.chosen, "state=undrain")
        return found

    def reserve(self, nodes: Sequence[str], owner: Owner, user: str) -> str:
        """Keep nodes for the jobs of one user until :meth:`release`; the name of the reservation.

        It has no end: where this process dies, nobody else gets nodes that were not let into service.
        """
        name = reservation_of(owner)
        settings = [f"nodes={fold_for_slurm(nodes)}", f"users={user}", "flags=ignore_jobs"]
        exists = name in self.reservations()
        begin = ["starttime=now", "duration=unlimited"]
        verb = (
            ["update", f"reservationname={name}"]
            if exists
            else ["create", "reservation", f"reservationname={name}"]
        )
        self.controller.run(["scontrol", *verb, *settings, *([] if exists else begin)])
        return name

    def reservations(self) -> Mapping[str, SlurmReservation]:
        """Every reservation by name, Millwright's and others'."""
        found = parse_reservations(self.controller.run(RESERVATIONS))
        return {reservation.name: reservation for reservation in found}

    def barred(self, wanted: Sequence[str], owner: Owner) -> Mapping[str, SlurmReservation]:
        """Those of the nodes that this owner can't measure, with the reservation that stands in the way."""
        others = [found for name, found in self.reservations().items() if name != reservation_of(owner)]
        in_the_way = {node: found for found in others if found.bars_another for node in found.nodes}
        return {node: in_the_way[node] for node in wanted if node in in_the_way}

    def release(self, owner: Owner) -> None:
        """End an owner's reservation; nothing happens if there is none.

        Raises :exc:`FailedError` if it is still there afterwards: its nodes would serve nobody.
        """
        name = reservation_of(owner)
        try:
            self.controller.run(["scontrol", "delete", f"reservationname={name}"])
        except FailedError as error:
            if UNKNOWN_RESERVATION not in str(error) and name in self.reservations():
                raise FailedError(
                    f"the reservation {name} still holds its nodes: {error}", code="MW5004"
                ) from error

    def _update(self, nodes: Sequence[str], *settings: str) -> None:
        if nodes:
            self.controller.run(["scontrol", "update", f"nodename={fold_for_slurm(nodes)}", *settings])


UNKNOWN_RESERVATION = "Requested reservation is invalid"
"""How Slurm words ESLURM_RESERVATION_INVALID: it knows no reservation of that name."""
OWNED = re.compile(r"millwright-(?P<purpose>[a-z]+)-(?P<run>.+)")


def owner_of_reservation(name: str) -> Owner | None:
    """The owner whose reservation has this name; None if Millwright did not make it.

    >>> str(owner_of_reservation("millwright-commission-20261124T140000Z-1a2b"))
    'millwright:commission:20261124T140000Z-1a2b'
    """
    found = OWNED.fullmatch(name)
    return Owner(found["purpose"], found["run"]) if found else None


def reservation_of(owner: Owner) -> str:
    """Name of the reservation that belongs to an owner; Slurm takes no colon in it."""
    return str(owner).replace(":", "-")


def service_of(file: Path, facility: Facility, notify: Callable[[str], None] = lambda _: None) -> Service:
    """The nodes' service of a facility; raises :exc:`NotTestableError` where it has no Slurm.

    `notify` hears that a controller did not answer and its backup did.
    """
    return Service(as_typed(file), controller_of(facility, notify))
