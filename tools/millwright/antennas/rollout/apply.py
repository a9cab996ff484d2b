"""Giving antennas their access: the user CA, the gateways, the factory's side, and a tunnel that answers."""

import datetime
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from millwright.antennas.bundle.imported import by_bundle, by_ssh, find_due
from millwright.antennas.gateway.wireguard import INTERFACE, read_public_key
from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.proofs import judge_handshake
from millwright.antennas.proof.visitor import run_on
from millwright.antennas.rollout.deployment import Deployed, deploy_gateways
from millwright.antennas.rollout.vanished import Reached, deploy_to
from millwright.antennas.ssh.host_keys import pinned_keys, resolve_target
from millwright.antennas.ssh.side_by_side import find_failures, out_of_reach
from millwright.antennas.trust.prepared import write_trust
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, FailedError, NotTestableError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.core.verdict import Verdict
from millwright.facility.model import Facility

HANDSHAKE_WAIT_S = 45
"""Longest wait for the first handshake, in seconds; a gateway tries every 5 s."""


@dataclass(frozen=True, slots=True)
class RolloutContext:
    """Paths, clock and callbacks of a change on gateways and factory."""

    facility_file: Path
    state: Path
    root: Path
    run_factory_play: Callable[[], int]
    """Brings the factory's side of every antenna to its state; gives the number of its changes."""
    status: Callable[[str], None]
    """Receives one line about the step under way."""
    now: Callable[[], datetime.datetime] = utc_now


def chosen_antennas(facility: Facility, name: str | None) -> tuple[str, ...]:
    """All antennas, or the named one; raises :exc:`BadInputError` if there is none."""
    if name is not None and name not in facility.antennas:
        known = ", ".join(facility.antennas)
        expected = (
            f"one of {known}{did_you_mean(name, facility.antennas)}" if known else "a facility with antennas"
        )
        problem = f"unknown antenna {name!r}"
        raise BadInputError([Problem(facility.name, "antennas", problem, expected, code="MW1612")])
    if not facility.antennas:
        raise BadInputError(
            [Problem(facility.name, "antennas", "there is none", "a facility with antennas", code="MW4301")]
        )
    return (name,) if name is not None else tuple(facility.antennas)


@dataclass(frozen=True, slots=True)
class Applied:
    """What changed on the gateways, and how many tasks changed something at the factory."""

    gateways: Deployed
    factory_changes: int
    unreached: Mapping[str, str] = field(default_factory=dict)
    """Antennas whose gateway could not be reached, or vanished meanwhile, and why."""
    due: Mapping[str, str] = field(default_factory=dict)
    """Antennas whose gateway needs a new bundle, and why."""


def apply_antennas(facility: Facility, antennas: Sequence[str], context: RolloutContext) -> Applied:
    """Bring the antennas to their described state; running it again changes nothing.

    A gateway that can't be reached is left out, one that vanishes meanwhile is cut off, and neither delays
    the others for long; one that takes bundles is not tried.
    Raises :exc:`NotTestableError` if none can be reached (nothing was changed then) and
    :exc:`FailedError` where a step failed, after all that could be done for the others.
    """
    context.status("reaching the gateways")
    unreached = find_unreached(facility, antennas)
    names = tuple(name for name in by_ssh(facility, antennas) if name not in unreached)
    if not names and not by_bundle(facility, antennas):
        raise NotTestableError("; ".join(unreached.values()), code="MW4302")
    write_trust(facility, context.facility_file, names, state=context.state, now=context.now())
    factory_key, changes = context.state / "wireguard" / "factory.pub", 0
    if not factory_key.exists():
        context.status("factory: making its key")
        changes = context.run_factory_play()
    done = _deploy(facility, names, context)
    shown = factory_key.read_text()
    context.status("factory: letting the gateways in")
    changes += context.run_factory_play()
    if factory_key.read_text() != shown:  # the factory's host is a new one: its old key led nowhere
        there = [name for name in names if name not in done.lost]
        done = done.and_then(_deploy(facility, there, context))
    there = [name for name in names if name not in done.lost]
    context.status(f"waiting for the handshakes of {len(there)} tunnels")
    key = read_public_key(factory_key)
    silent = find_failures(there, lambda name: wait_for_handshake(facility, name, key))
    unreached |= done.lost
    unreached |= {name: str(why) for name, why in silent.items() if isinstance(why, NotTestableError)}
    broken = [str(why) for why in silent.values() if not isinstance(why, NotTestableError)]
    if done.failed or broken:
        reasons = dict.fromkeys(done.failed.values())
        raise FailedError("\n".join([*reasons, *broken, *unreached.values()]), code="MW4303")
    due = find_due(facility, antennas, state=context.state, now=context.now(), root=context.root)
    return Applied(done.deployed, changes, unreached, due)


def find_unreached(facility: Facility, antennas: Iterable[str]) -> dict[str, str]:
    """Antennas whose gateway can't be reached, and why; all are asked at the same time, save by bundle."""
    asked = by_ssh(facility, antennas)
    return out_of_reach(find_failures(asked, lambda name: reach_gateway(facility, name)))


def _deploy(facility: Facility, names: Sequence[str], context: RolloutContext) -> Reached:
    """What the deploy did; pyinfra goes on with the gateways on which it works."""

    def deploy(antennas: Sequence[str]) -> Deployed:
        groups = [f"antenna_{name}" for name in antennas]
        return deploy_gateways(context.facility_file, root=context.root, groups=groups)

    if names:
        context.status("gateways: tunnel and way in")
    return deploy_to(facility, names, deploy=deploy, reach=lambda name: reach_gateway(facility, name))


def reach_gateway(facility: Facility, antenna: str) -> None:
    """Enter a gateway as its administrator, and leave; raises :exc:`NotTestableError` if that fails."""
    target = resolve_target(facility, facility.antennas[antenna].gateway)
    pinned_keys(target)
    connect_as_admin(target).close()


def wait_for_handshake(
    facility: Facility,
    antenna: str,
    factory_key: str,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until the gateway has spoken to the factory; raises :exc:`FailedError` if it does not."""
    deadline = clock() + HANDSHAKE_WAIT_S
    with connect_as_admin(resolve_target(facility, facility.antennas[antenna].gateway)) as gateway:
        ask = run_on(gateway)
        while True:
            shown = ask(f"date +'now %s' && wg show {INTERFACE} latest-handshakes")
            outcome, detail = judge_handshake(shown.stdout, factory_key)
            if outcome is Verdict.PASS:
                return
            if clock() >= deadline:
                raise FailedError(
                    f"{antenna}: no handshake within {HANDSHAKE_WAIT_S} s: {detail}", code="MW4304"
                )
            sleep(1)
