"""Bringing a change of trust to everyone who decides about entry: the factory first, then each gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from millwright.antennas.bundle.imported import by_ssh, find_due
from millwright.antennas.rollout.apply import RolloutContext, reach_gateway
from millwright.antennas.rollout.deployment import Deployed, deploy_gateways
from millwright.antennas.rollout.vanished import deploy_to
from millwright.antennas.ssh.side_by_side import find_failures
from millwright.antennas.trust.prepared import write_factory_trust, write_trust
from millwright.core.errors import FailedError, NotTestableError
from millwright.facility.model import Facility

FACTORY = "factory"
DEPLOY = "trust.py"


@dataclass(frozen=True, slots=True)
class Distributed:
    """Where the change is in force, and where it is not, and why."""

    reached: tuple[str, ...]
    unreached: Mapping[str, str]


def distribute_trust(facility: Facility, context: RolloutContext) -> Distributed:
    """Let factory and gateways follow what the state folder says now.

    The factory comes first: every way leads through it, so what it refuses opens nothing, even if
    a gateway is down. One that takes bundles has it once the result of a bundle with the change is
    imported. Raises :exc:`BadInputError` before anything changes where a CA is not the pinned one.
    """
    write_factory_trust(facility, context.facility_file, context.state)
    unreached: dict[str, str] = {}
    context.status("factory: whom it trusts")
    try:
        context.run_factory_play()
    except (NotTestableError, FailedError) as error:
        unreached[FACTORY] = str(error)
    context.status("gateways: whom they trust")
    asked = by_ssh(facility, facility.antennas)
    failures = find_failures(asked, lambda name: reach_gateway(facility, name))
    unreached |= {name: str(error) for name, error in failures.items()}
    unreached |= find_due(facility, facility.antennas, state=context.state, now=context.now())
    names = tuple(name for name in asked if name not in unreached)
    if names:
        unreached |= _deploy(facility, names, context)
    parties = (FACTORY, *facility.antennas)
    return Distributed(tuple(name for name in parties if name not in unreached), unreached)


def _deploy(facility: Facility, names: tuple[str, ...], context: RolloutContext) -> dict[str, str]:
    write_trust(facility, context.facility_file, names, state=context.state, now=context.now())

    def deploy(antennas: Sequence[str]) -> Deployed:
        groups = [f"antenna_{name}" for name in antennas]
        return deploy_gateways(context.facility_file, root=context.root, groups=groups, deploy=DEPLOY)

    done = deploy_to(facility, names, deploy=deploy, reach=lambda name: reach_gateway(facility, name))
    return {**done.lost, **done.failed}
