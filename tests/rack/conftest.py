"""A small plan without a rack behind it, for everything that is pure."""

from pathlib import Path

import pytest

from millwright.rack.plan import RackNode, RackPlan
from millwright.rack.progress import Stoppable


@pytest.fixture
def plan():
    """Two nodes in folders that do not exist; nothing here touches the host."""
    return RackPlan(
        name="bench-rack",
        domain="bench.internal",
        bridge="mw-bench-rack",
        gateway="10.97.113.1",
        prefix_length=28,
        nodes=(RackNode("bench-a", "10.97.113.5", None), RackNode("bench-b", "10.97.113.6", 1)),
        emulates_riscv=True,
        needs_tun=False,
        ssh_user="root",
        state=Path("/home/ada/.local/state/millwright/bench-rack"),
        cache=Path("/home/ada/.cache/millwright"),
    )


class QuietDisplay:
    """Shows nothing."""

    def step(self, name, detail):
        pass

    def done(self, name, detail):
        pass


@pytest.fixture
def steps():
    return Stoppable(QuietDisplay())
