"""``millwright drift``: how hosts differ from their declared state, and what cannot be compared."""

import time
from typing import Literal

from millwright.adapters.ansible.inventory import build_inventory
from millwright.adapters.ansible.playbook import selected_hosts
from millwright.app.change.findings import Finding, findings
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.playbook_progress import PlaybookProgress
from millwright.core.places import as_typed, facility_file, product_root, state_folder
from millwright.facility import load_facility
from millwright.fleet.look.converge import LOOKING, looker
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.drift import DriftReport, find_drift
from millwright.fleet.look.role_sources import Sources, read_play
from millwright.fleet.node_selection import parse_limit


class Drift(Document):
    """Hosts compared with the state that was declared on them last."""

    format: Literal["millwright-drift/1"] = "millwright-drift/1"
    facility: str
    exit_code: int
    hosts: int
    """Selected hosts."""
    things: int
    """Items that were compared, on all hosts together."""
    never_converged: tuple[str, ...]
    """Hosts without a declared state to compare with."""
    differences: tuple[Finding, ...]
    untested: tuple[Finding, ...]
    """Items whose state a host could not report."""
    unreachable: tuple[Finding, ...]
    outdated: tuple[Finding, ...]
    """Roles that would declare something else today."""
    unseen: tuple[Finding, ...]
    """Tasks whose state cannot be compared; each apply runs them."""
    proved: tuple[Finding, ...]
    """Tasks that are only covered by their role's proof."""
    left: tuple[Finding, ...]
    """Items of roles that the facility no longer gives these hosts; no difference."""
    undeclared: tuple[Finding, ...]
    """Grants that are still open and that the facility does not declare; no difference."""
    manages: tuple[str, ...] | None
    """Roles that may change the cluster; null if all may."""
    seconds: float
    accounts_hint: str
    """Command that shows more about ``undeclared``; empty if there is none."""

    @property
    def looked_at(self) -> int:
        """Hosts that were compared."""
        unreachable = sum(len(each.hosts) for each in self.unreachable)
        return self.hosts - len(self.never_converged) - unreachable

    @property
    def differing(self) -> int:
        """Differences, counted once a host."""
        return sum(len(each.hosts) for each in self.differences)


def look_for_drift(context: Context, facility: str, *, limit: str = "") -> Drift:
    """Compare the hosts of ``limit`` (a node set or groups; all if empty) in one round trip each.

    Raises :exc:`BadInputError` for a facility or limit that is not usable.
    """
    file = facility_file(facility)
    described = load_facility(file)
    inventory = build_inventory(described, file)
    hosts = selected_hosts(file, described, inventory, parse_limit(limit))
    state = state_folder(described.name)
    sources = Sources(file, described, inventory, product_root(), state, read_play(product_root()))
    store = Store(state / "declared")
    begun = time.monotonic()
    look_at = looker(sources, store, PlaybookProgress(context.progress))(LOOKING)
    report = find_drift(hosts, store, sources, look_at)
    return _document(
        report,
        described.name,
        manages=None if described.manages is None else tuple(described.manages),
        seconds=time.monotonic() - begun,
        accounts_hint=f"millwright accounts diff {as_typed(file)}" if report.undeclared else "",
    )


def _document(
    report: DriftReport,
    facility: str,
    *,
    manages: tuple[str, ...] | None,
    seconds: float,
    accounts_hint: str,
) -> Drift:
    return Drift(
        facility=facility,
        exit_code=int(report.exit_code),
        hosts=len(report.hosts),
        things=report.things,
        never_converged=report.never_converged,
        differences=findings(report.differences),
        untested=findings(report.untested),
        unreachable=findings(report.unreachable),
        outdated=findings(report.outdated),
        unseen=findings(report.unseen),
        proved=findings(report.proved),
        left=findings(report.left),
        undeclared=findings(report.undeclared),
        manages=manages,
        seconds=round(seconds, 1),
        accounts_hint=accounts_hint,
    )
