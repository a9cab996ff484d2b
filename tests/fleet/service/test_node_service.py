"""Nodes as Slurm holds them: what is asked of it, and what is not."""

import pytest

from millwright.core.errors import FailedError, NotTestableError
from millwright.fleet.service.drain import Owner, Purpose
from millwright.fleet.service.node_service import Service, reservation_of

from .slurm_stand_in import StandIn

OWNER = Owner(Purpose.COMMISSION, "20261124T140000Z-00000000")


class Noting(StandIn):
    """Notes every command, and refuses to delete if a test says so."""

    def __init__(self, names):
        super().__init__(names)
        self.commands = []
        self.refusal = None

    def run(self, argv):
        self.commands.append(tuple(argv))
        if self.refusal is not None and tuple(argv[:2]) == ("scontrol", "delete"):
            raise self.refusal
        return super().run(argv)


@pytest.fixture
def slurm():
    return Noting(("n1", "n2"))


def test_a_reservation_ends_and_one_that_never_was_is_no_error(slurm):
    service = Service("rack", slurm)
    service.reserve(("n1",), OWNER, "mwbench")
    service.release(OWNER)
    assert slurm.reservations == {}
    service.release(OWNER)


def test_a_reservation_that_slurm_does_not_end_is_reported(slurm):
    """Its nodes would serve nobody, and nothing would say so."""
    service = Service("rack", slurm)
    service.reserve(("n1",), OWNER, "mwbench")
    slurm.refusal = FailedError("scontrol on ctl: Access/permission denied", code="MW9001")
    with pytest.raises(FailedError, match=f"{reservation_of(OWNER)} still holds its nodes: .*denied"):
        service.release(OWNER)


def test_a_refusal_in_other_words_is_no_error_if_the_reservation_is_gone(slurm):
    slurm.refusal = FailedError("scontrol on ctl: no such reservation", code="MW9001")
    Service("rack", slurm).release(OWNER)
    assert slurm.commands[-1] == ("scontrol", "--oneliner", "show", "reservation")


def test_a_controller_that_does_not_answer_is_reported(slurm):
    slurm.refusal = NotTestableError("the controller did not answer", code="MW9001")
    with pytest.raises(NotTestableError):
        Service("rack", slurm).release(OWNER)


@pytest.mark.parametrize(
    "act",
    [
        lambda service: service.drain((), OWNER),
        lambda service: service.resume((), [str(OWNER)]),
        lambda service: service.resume(("n1",), [str(OWNER)]),  # in service already
    ],
)
def test_where_no_node_is_to_change_slurm_is_not_asked_to(slurm, act):
    """`scontrol update nodename=` without a name is an error of its own."""
    act(Service("rack", slurm))
    assert [words for words in slurm.commands if "update" in words] == []
