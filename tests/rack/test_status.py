"""What a node answers, and what that makes of the rack."""

import pytest

from millwright.rack.plan import RackNode
from millwright.rack.status import NodeStatus, RackStatus, State, read_answer

NODE = RackNode("rack-c1", "10.91.0.21", None)


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "state", "detail"),
    [
        (0, "running\n", "", State.RUNNING, ""),
        (0, "degraded\nmunge.service loaded failed failed MUNGE\n", "", State.DEGRADED, "munge.service"),
        (0, "starting\n", "", State.STARTING, "starting"),
        (0, "stopping\n", "", State.STARTING, "stopping"),
        (
            255,
            "",
            "ssh: connect to host 10.91.0.21 port 22: No route to host\n",
            State.UNREACHABLE,
            "No route",
        ),
        (255, "", "Host key verification failed.\n", State.UNREACHABLE, "Host key verification failed."),
        (0, "", "", State.UNREACHABLE, ""),
        (0, "running\n\n  \n", "", State.RUNNING, ""),
    ],
)
def test_an_answer_becomes_a_state(code, stdout, stderr, state, detail):
    found = read_answer(NODE, code, stdout, stderr)
    assert found.state is state
    assert detail in found.detail


def rack_of(*states, bridge=True, mirror=True):
    return RackStatus(
        "rack", bridge, mirror, tuple(NodeStatus(f"n{i}", "", state) for i, state in enumerate(states))
    )


@pytest.mark.parametrize(
    ("status", "up", "down"),
    [
        (rack_of(State.RUNNING, State.DEGRADED), True, False),
        (rack_of(State.RUNNING, State.DOWN), False, False),
        (rack_of(State.RUNNING, State.UNREACHABLE), False, False),
        (rack_of(State.RUNNING, mirror=False), False, False),
        (rack_of(State.RUNNING, bridge=False), False, False),
        (rack_of(State.DOWN, State.DOWN, bridge=False, mirror=False), False, True),
        (rack_of(State.DOWN, mirror=False), False, False),
    ],
)
def test_a_rack_is_up_when_everything_is_and_down_when_nothing_is(status, up, down):
    assert (status.is_up, status.is_down) == (up, down)
