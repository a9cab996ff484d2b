"""What commands that change gateways and factory share: the rollout's context, and distributing trust."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from millwright.antennas.rollout.apply import RolloutContext
from millwright.antennas.rollout.distribution import Distributed, distribute_trust
from millwright.antennas.rollout.factory_side import run_factory_play, run_host_play, run_user_play
from millwright.app.antenna.push import push_revocations
from millwright.app.context import Context
from millwright.core.places import product_root, state_folder
from millwright.facility import Facility

Play = Callable[..., int]
"""Runs the factory's part; the number of tasks that changed something."""


def distribute(context: Context, file: Path, facility: Facility) -> Distributed:
    """Bring revocations to the login node, compute nodes and every gateway; no other change is waited for."""
    rollout = rollout_context(context, file, facility, run_factory_play)

    def push() -> int:
        return push_revocations(file, facility, state=rollout.state)

    return distribute_trust(facility, replace(rollout, run_factory_play=push))


def distribute_to_entered_hosts(context: Context, file: Path, facility: Facility) -> Distributed:
    """Bring the user CAs of the state folder to login node, compute nodes and every gateway."""
    return distribute_trust(facility, rollout_context(context, file, facility, run_user_play))


def distribute_to_all_hosts(context: Context, file: Path, facility: Facility) -> Distributed:
    """Bring the host CA of the state folder to every host of the factory and every gateway."""
    return distribute_trust(facility, rollout_context(context, file, facility, run_host_play))


def rollout_context(context: Context, file: Path, facility: Facility, play: Play) -> RolloutContext:
    """The context of a change on gateways and factory; ``play`` is the factory's part."""
    state = state_folder(facility.name)
    return RolloutContext(
        facility_file=file,
        state=state,
        root=product_root(),
        run_factory_play=lambda: play(file, facility, state=state, now=context.now()),
        status=lambda line: context.progress.step("antennas", line),
        now=context.now,
    )
