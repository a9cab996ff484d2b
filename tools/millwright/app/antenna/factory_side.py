"""The factory's side of the antennas: by a look at its hosts, or else by the whole play."""

from datetime import datetime
from pathlib import Path

from millwright.antennas.rollout.factory_side import run_factory_play
from millwright.facility.model import Facility
from millwright.fleet.look.antenna_roles import converge_factory_side


def bring_up_factory_side(path: Path, facility: Facility, *, state: Path, now: datetime) -> int:
    """Number of tasks that changed something; Ansible starts only if a look does not do.

    Raises what :func:`run_factory_play` raises.
    """
    found = converge_factory_side(path, facility, state=state, now=now)
    if found is None:
        return run_factory_play(path, facility, state=state, now=now)
    return sum(host.changed for host in found.hosts)
