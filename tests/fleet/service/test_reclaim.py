"""A commissioning that was killed is taken over by the next one, and no node is open to anybody meanwhile."""

import pytest

from millwright.core.errors import NotTestableError
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.node_service import Service, owner_of_reservation, reservation_of
from millwright.fleet.service.reclaim import reclaim

from .slurm_stand_in import StandIn

NAMES = ("n1", "n2", "n3")
DEAD = Owner(Purpose.COMMISSION, "20261124T140000Z-00000000")


@pytest.fixture
def slurm():
    """n1 and n2 as a run leaves them that was killed between undrain and verdict; n3 is in service."""
    found = StandIn(NAMES)
    service = Service("rack", found)
    service.drain(NAMES[:2], DEAD)
    service.reserve(NAMES[:2], DEAD, "mwbench")
    service.resume(NAMES[:2], [str(DEAD)])
    found.opened.clear()
    return found


def test_all_nodes_that_were_held_are_drained_before_the_reservation_ends(slurm):
    assert reclaim(Service("rack", slurm), ("n1",), {DEAD.run_id}) == ("n1", "n2")
    assert slurm.reservations == {}
    assert slurm.reason("n1") == slurm.reason("n2") == f"{DEAD} interrupted before a verdict"
    assert all(opened == {"n3"} for opened in slurm.opened)


def test_a_run_that_may_be_at_work_elsewhere_is_told_and_keeps_its_nodes(slurm):
    before = dict(slurm.reservations)
    with pytest.raises(NotTestableError, match=r"n\[1-2\] in a reservation of millwright:commission:"):
        reclaim(Service("rack", slurm), ("n2",), set())
    assert slurm.reservations == before


def test_maintenance_that_was_killed_goes_on_by_itself(slurm):
    service, owner = Service("rack", slurm), Owner(Purpose.MAINTENANCE, "r1")
    service.reserve(("n3",), owner, "mwbench")
    with pytest.raises(NotTestableError, match="millwright maintain rack --resume"):
        reclaim(service, ("n3",), {"r1"})


def test_reservations_of_other_nodes_and_of_admins_stay(slurm):
    slurm.reservations["course"] = {"n3"}
    assert reclaim(Service("rack", slurm), ("n3",), {DEAD.run_id}) == ()
    assert set(slurm.reservations) == {"course", reservation_of(DEAD)}
    assert owner_of_reservation("course") is None
