"""``millwright antenna plan``: what an apply would change; nothing is touched."""

from typing import Literal

from millwright.antennas.bundle.imported import by_ssh, needed_bundles
from millwright.antennas.rollout.apply import chosen_antennas, find_unreached
from millwright.antennas.rollout.plan import (
    plan_factory,
    plan_gateways,
    scratch_state,
    stand_in_for_factory_key,
)
from millwright.antennas.trust.prepared import write_trust
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.core.errors import ExitCode
from millwright.core.places import facility_file, product_root, state_folder
from millwright.facility import load_facility

STEP = "antennas"


class ChangeRow(Part):
    """One step of an apply that would change a host."""

    host: str
    step: str


class AntennaPlan(Document):
    """Everything that an apply would change."""

    format: Literal["millwright-antenna-plan/1"] = "millwright-antenna-plan/1"
    facility: str
    exit_code: int
    changes: tuple[ChangeRow, ...]
    diff: str
    """Changed lines of files, in the form of pyinfra and Ansible."""
    unreached: dict[str, str]
    """Antennas or hosts that could not be asked, and why."""
    is_first: bool
    """The factory has no WireGuard key yet; a stand-in is shown for it."""


def plan(context: Context, facility: str, antenna: str | None) -> AntennaPlan:
    """Compare one antenna, or all, with the described state; no host and no file of the state is changed.

    Raises :exc:`FailedError` if pyinfra or Ansible cannot plan.
    """
    file = facility_file(facility)
    described = load_facility(file)
    names, now, root = chosen_antennas(described, antenna), context.now(), product_root()
    records = state_folder(described.name)
    context.progress.step(STEP, "reaching the gateways")
    unreached = find_unreached(described, names)
    reached = [name for name in by_ssh(described, names) if name not in unreached]
    groups = [f"antenna_{name}" for name in reached]
    with scratch_state(records) as state:
        write_trust(described, file, reached, state=state, now=now)
        is_first = stand_in_for_factory_key(state)
        due = needed_bundles(described, names, state=records, root=root)
        context.progress.step(STEP, "asking the gateways")
        changes, diff = plan_gateways(file, root, groups) if groups else ((), "")
        context.progress.step(STEP, "asking the factory")
        more, factory_diff, silent = plan_factory(file, described, state=state, now=now)
    unreached |= silent
    steps = [(change.host, change.step) for change in changes]
    steps += [(described.antennas[name].gateway, f"new bundle: {why}") for name, why in due.items()]
    steps += [(change.host, change.step) for change in more]
    return AntennaPlan(
        facility=described.name,
        exit_code=int(ExitCode.NOT_TESTED if unreached else ExitCode.OK),
        changes=tuple(ChangeRow(host=host, step=step) for host, step in steps),
        diff=diff + factory_diff,
        unreached=unreached,
        is_first=is_first,
    )
