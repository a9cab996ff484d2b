"""Telling factory and gateways a change of trust, with a line that says who is told now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from millwright.antennas.rollout.apply import RolloutContext
from millwright.antennas.rollout.distribution import Distributed, distribute_trust
from millwright.antennas.rollout.factory_side import run_factory_play, run_host_play
from millwright.core.clock import utc_now
from millwright.core.places import checkout, state_folder
from millwright.facility import Facility


def distribute(path: Path, facility: Facility) -> Distributed:
    """Let login node and gateways follow what the state folder says of users and CAs."""
    return _tell(path, facility, run_factory_play)


def distribute_to_all_hosts(path: Path, facility: Facility) -> Distributed:
    """Let every host of the factory, and the gateways, follow what it says of the host CA."""
    return _tell(path, facility, run_host_play)


@contextmanager
def surrounded(path: Path, facility: Facility, play: Callable[..., int]) -> Iterator[RolloutContext]:
    """What a change of hosts stands on, while a line says what is under way; `play` is the factory's part."""
    state = state_folder(facility.name)
    with Console(stderr=True).status("starting") as status:
        yield RolloutContext(
            facility_file=path,
            state=state,
            root=checkout(),
            run_factory_play=lambda: play(path, facility, state=state, now=utc_now()),
            status=status.update,
        )


def _tell(path: Path, facility: Facility, play: Callable[..., int]) -> Distributed:
    with surrounded(path, facility, play) as around:
        return distribute_trust(facility, around)
