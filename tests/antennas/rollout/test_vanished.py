"""A deploy during which gateways vanish: who is told as unreachable, who as failed, and what was left."""

import pytest

from millwright.antennas.rollout.deployment import Deployed, GatewaysFailedError, Stop
from millwright.antennas.rollout.vanished import deploy_to
from millwright.core.errors import FailedError, NotTestableError

DONE = Deployed(9, ("rack-antenna2: a step",))


def stopping(**stops):
    def deploy(names):
        raise GatewaysFailedError(
            "pyinfra failed",
            DONE,
            {host.replace("_", "-"): Stop(left) for host, left in stops.items()},
            code="MW4001",
        )

    return deploy


def gone(*absent):
    def reach(name):
        if name in absent:
            raise NotTestableError("no route to host", code="MW9001")

    return reach


def test_one_that_vanished_is_lost_and_the_others_are_counted(shipped_rack):
    deploy = stopping(rack_antenna=("put", "try", "load", "start"))
    done = deploy_to(shipped_rack, ["coast", "hills"], deploy=deploy, reach=gone("coast"))
    assert (done.deployed, done.failed) == (DONE, {})
    assert list(done.lost) == ["coast"]
    assert done.lost["coast"].startswith(
        "vanished in the middle of its deploy, with 4 steps left (put, try, load and 1 more): no route"
    )
    assert "takes itself back within a minute" in done.lost["coast"]


def test_one_that_still_answers_has_failed_and_is_not_called_lost(shipped_rack):
    done = deploy_to(shipped_rack, ["coast", "hills"], deploy=stopping(rack_antenna=("put",)), reach=gone())
    assert (done.deployed, done.lost, done.failed) == (DONE, {}, {"coast": "pyinfra failed"})


def test_a_gateway_on_which_nothing_stopped_is_not_asked(shipped_rack):
    asked = []
    deploy_to(shipped_rack, ["coast", "hills"], deploy=stopping(rack_antenna=("put",)), reach=asked.append)
    assert asked == ["coast"]


@pytest.mark.parametrize(("absent", "runs"), [((), [2]), (("coast",), [2, 1]), (("coast", "hills"), [2])])
def test_a_run_that_ended_as_a_whole_is_made_again_for_those_that_are_there(shipped_rack, absent, runs):
    made = []

    def deploy(names):
        made.append(len(names))
        if "coast" in names:
            raise FailedError("ended", code="MW9001")
        return DONE

    done = deploy_to(shipped_rack, ["coast", "hills"], deploy=deploy, reach=gone(*absent))
    assert made == runs
    assert tuple(done.lost) == absent
    assert done.deployed == (DONE if absent == ("coast",) else Deployed(0, ()))
    assert tuple(done.failed) == (() if absent else ("coast", "hills"))
