"""What differs from the declared state on the hosts, and what no look can see: pure data."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from millwright.core.errors import ExitCode
from millwright.fleet.look.declared_items import OPEN_GRANTS
from millwright.fleet.look.declared_state import DeclaredHost, Store
from millwright.fleet.look.finding import HostLook
from millwright.fleet.look.leftovers import found_there, leftovers_of, with_leftovers, without_leftovers
from millwright.fleet.look.role_sources import Sources
from millwright.fleet.look.survey import Drift, LookAtHosts, Seen, drift_of, name_of, order_for, stale_roles

UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class SharedFinding:
    """The same thing on several hosts."""

    hosts: tuple[str, ...]
    role: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Hosts compared with what was declared on them last."""

    hosts: tuple[str, ...]
    things: int
    """How many things were looked at, on all hosts together."""
    differences: tuple[SharedFinding, ...]
    untested: tuple[SharedFinding, ...]
    """Items whose state a host could not report."""
    unreachable: tuple[SharedFinding, ...]
    never_converged: tuple[str, ...]
    outdated: tuple[SharedFinding, ...]
    """Roles that would declare something else today: apply first."""
    unseen: tuple[SharedFinding, ...]
    """Tasks whose state no look can see; Ansible goes to them in every apply."""
    proved: tuple[SharedFinding, ...]
    """Tasks that are seen through what their role proves only."""
    left: tuple[SharedFinding, ...] = ()
    """Things of roles that the facility no longer gives these hosts, still there; no difference, for an
    apply takes nothing off a host and some are meant to stay."""
    undeclared: tuple[SharedFinding, ...] = ()
    """What hosts hold beside what is declared and an apply leaves as it is: grants that are still open."""

    @property
    def exit_code(self) -> ExitCode:
        """FAIL where something differs, NOT_TESTED where something could not be looked at."""
        if self.differences:
            return ExitCode.FAIL
        blind = self.untested or self.unreachable or self.never_converged
        return ExitCode.NOT_TESTED if blind else ExitCode.OK


def find_drift(hosts: Sequence[str], store: Store, sources: Sources, look_at: LookAtHosts) -> DriftReport:
    """Look at hosts and compare; changes nothing, and needs no Ansible."""
    declared = {host: found for host in hosts if (found := store.load(host))}
    seen = {host: order_for(found) for host, found in declared.items()}
    left = {host: leftovers_of(found) for host, found in declared.items()}
    answers = look_at({host: with_leftovers(found.order, left[host]) for host, found in seen.items()})
    own = {host: len(found.order.things) for host, found in seen.items()}
    looks = {host: without_leftovers(look, own[host]) for host, look in answers.items()}
    drift = [item for host, look in looks.items() for item in drift_of(look, seen[host])]
    return DriftReport(
        tuple(hosts),
        sum(own[host] for host, look in looks.items() if look.is_seen),
        findings_of(item for item in drift if item.attribute != UNTESTED),
        findings_of(item for item in drift if item.attribute == UNTESTED),
        _unreached(looks),
        tuple(host for host in hosts if host not in declared),
        _outdated(declared, sources),
        share_findings(_tasks(declared, "unseen")),
        share_findings(_tasks(declared, "proved")),
        share_findings(
            (host, each.role, name_of(each.thing), "")
            for host, look in answers.items()
            for each in found_there(look, own[host], left[host])
        ),
        share_findings(_undeclared(looks, seen, sources.facility.accounts)),
    )


def findings_of(drift: Iterable[Drift]) -> tuple[SharedFinding, ...]:
    """Differences, those that are equal on several hosts once."""
    return share_findings((item.host, item.role, item.what, detail_of(item)) for item in drift)


def detail_of(item: Drift) -> str:
    """How one thing differs, in words."""
    if item.attribute == UNTESTED:
        return item.found
    return f"{item.attribute}: {item.wanted} → {item.found}" if item.wanted else item.found


def share_findings(lines: Iterable[tuple[str, str, str, str]]) -> tuple[SharedFinding, ...]:
    """Lines of ``(host, role, what, detail)`` as one line for all hosts that share it."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for host, *rest in lines:
        role, what, detail = rest
        found.setdefault((role, what, detail), []).append(host)
    return tuple(SharedFinding(tuple(hosts), *key) for key, hosts in found.items())


def _unreached(looks: Mapping[str, HostLook]) -> tuple[SharedFinding, ...]:
    return share_findings(
        (host, "", "the host", look.reason) for host, look in looks.items() if not look.is_seen
    )


def _undeclared(
    looks: Mapping[str, HostLook], seen: Mapping[str, Seen], grants: Container[str]
) -> Iterable[tuple[str, str, str, str]]:
    """Open grants that the facility does not have now, whoever applied what since."""
    for host, look in looks.items():
        for number, names in look.names.items():
            left = [name for name in names if name not in grants]
            if left:
                yield host, seen[host].roles[number], OPEN_GRANTS, ", ".join(left)


def _outdated(declared: Mapping[str, DeclaredHost], sources: Sources) -> tuple[SharedFinding, ...]:
    return share_findings(
        (host, role, "what it would declare", reason)
        for host, found in declared.items()
        for role, reason in stale_roles(found, sources).items()
    )


def _tasks(declared: Mapping[str, DeclaredHost], kind: str) -> Iterable[tuple[str, str, str, str]]:
    for host, found in declared.items():
        for name, role in found.roles.items():
            yield from ((host, name, task, "") for task in getattr(role, kind))
