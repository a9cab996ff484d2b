"""Deploying to many gateways of which some may vanish meanwhile: those are named, and the others finish."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from millwright.antennas.rollout.deployment import Deployed, GatewaysFailedError, Stop
from millwright.antennas.ssh.side_by_side import find_failures
from millwright.core.errors import FailedError, NotTestableError
from millwright.facility.model import Facility

UNCONFIRMED = "a change of sshd or packet filter that was not confirmed takes itself back within a minute"
SHOWN_STEPS = 3
"""So many of the steps that were left are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What was done on the gateways that stayed, and what became of the others."""

    deployed: Deployed = field(default_factory=lambda: Deployed(0, ()))
    lost: Mapping[str, str] = field(default_factory=dict)
    """Antennas whose gateway vanished, and what was left undone there."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Antennas whose gateway still answers, and why its deploy failed."""

    def and_then(self, later: "Reached") -> "Reached":
        """Both runs as one; the later one decides for those that stayed."""
        lost = {**self.lost, **later.lost}
        return Reached(self.deployed.and_then(later.deployed), lost, later.failed)


def deploy_to(
    facility: Facility,
    names: Sequence[str],
    *,
    deploy: Callable[[Sequence[str]], Deployed],
    reach: Callable[[str], None],
) -> Reached:
    """Deploy to the gateways of the antennas, and distinguish one that vanished from a failed step.

    ``deploy`` raises :exc:`FailedError` if it failed; ``reach`` raises :exc:`NotTestableError` for an
    antenna whose gateway can't be entered any more. Where a vanished gateway ended the whole run, it is
    made once more for those that are there.
    """
    if not names:
        return Reached()
    try:
        return Reached(deploy(names))
    except GatewaysFailedError as error:
        stopped = {name: error.stopped.get(facility.antennas[name].gateway) for name in names}
        ended = {name: stop for name, stop in stopped.items() if stop is not None}
        lost = _gone(ended, reach)
        still = dict.fromkeys((name for name in ended if name not in lost), str(error))
        return Reached(error.deployed, lost, still)
    except FailedError as error:
        lost = _gone(dict.fromkeys(names), reach)
        rest = [name for name in names if name not in lost]
        if not lost:
            return Reached(failed=dict.fromkeys(names, str(error)))
        later = deploy_to(facility, rest, deploy=deploy, reach=reach)
        return Reached(later.deployed, lost | dict(later.lost), later.failed)


def _gone(stopped: Mapping[str, Stop | None], reach: Callable[[str], None]) -> dict[str, str]:
    asked = find_failures(stopped, reach)
    return {
        name: f"vanished in the middle of its deploy{_where(stopped[name])}: {error}; {UNCONFIRMED}, "
        "and the next apply does the rest"
        for name, error in asked.items()
        if isinstance(error, NotTestableError)
    }


def _where(stop: Stop | None) -> str:
    if stop is None:
        return ""
    shown, more = stop.left[:SHOWN_STEPS], len(stop.left) - SHOWN_STEPS
    return f", with {len(stop.left)} steps left ({', '.join(shown)}{f' and {more} more' if more > 0 else ''})"
