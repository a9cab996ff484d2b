"""What has to be done on which host: declared states, what they depend on now, and a look at the hosts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from millwright.fleet.look.declared_items import Thing
from millwright.fleet.look.declared_state import DeclaredHost, DeclaredRole, Store
from millwright.fleet.look.finding import MAX_CLOCK_SKEW_S, Difference, HostLook, Order
from millwright.fleet.look.program import MISSING
from millwright.fleet.look.role_sources import Sources

LookAtHosts = Callable[[Mapping[str, Order]], Mapping[str, HostLook]]
"""One round trip to each of some hosts."""

WORDS = {
    "digest": "the content differs",
    "names": "other names than declared",
    "output": "other records than after the last run",
    "good": "not so",
    "there": "the line differs",
}
LOOKED_AT = "Look at the host"
NEVER = "never converged"
NOT_FINISHED = "its last run did not end well"
PLAYBOOKS = "the playbooks or its groups changed"
INPUTS = "its role or variables changed"
FILES = "a file that it reads changed"
DIFFERS = "the host differs"
UNSEEN = "no look can see all of it"


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing on one host that is otherwise than declared."""

    host: str
    role: str
    what: str
    attribute: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Need:
    """Why Ansible has to go to a host."""

    host: str
    everything: str = ""
    """Why every role has to run; empty if only ``roles`` do."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Roles to run, each with the reason."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The hosts before a run."""

    declared: Mapping[str, DeclaredHost]
    looks: Mapping[str, HostLook]
    drift: tuple[Drift, ...]
    needs: tuple[Need, ...]
    """Hosts to which Ansible has to go; those that can't be reached are not among them."""

    def unreachable(self) -> tuple[HostLook, ...]:
        """Hosts that did not answer."""
        return tuple(look for look in self.looks.values() if not look.is_reached)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at on a host: things in the order of the order, with the role of each."""

    order: Order
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that is known of one host before a run."""

    host: str
    whole: str
    stale: Mapping[str, str]
    declared: DeclaredHost | None
    look: HostLook | None
    drift: tuple[Drift, ...]


def survey(hosts: Sequence[str], store: Store, sources: Sources, look_at: LookAtHosts) -> Survey:
    """Find out what hosts need; changes nothing."""
    declared = {host: found for host in hosts if (found := store.load(host))}
    stale = {host: stale_roles(found, sources) for host, found in declared.items()}
    whole = {host: _why_everything(host, declared.get(host), sources) for host in hosts}
    seen = {
        host: order_for(found, left_out=stale[host])
        for host, found in declared.items()
        if not whole[host] and (not found.roles or len(stale[host]) < len(found.roles))
    }
    looks = look_at({host: found.order for host, found in seen.items()})
    drift = tuple(item for host, look in looks.items() for item in drift_of(look, seen[host]))
    needs = [
        _need(_Found(host, whole[host], stale.get(host, {}), declared.get(host), looks.get(host), drift_here))
        for host, drift_here in _by_host(hosts, drift).items()
    ]
    return Survey(declared, looks, drift, tuple(need for need in needs if need))


def _why_everything(host: str, declared: DeclaredHost | None, sources: Sources) -> str:
    if declared is None:
        return NEVER
    return "" if declared.basis == sources.basis(host) else PLAYBOOKS


def _by_host(hosts: Iterable[str], drift: Iterable[Drift]) -> dict[str, tuple[Drift, ...]]:
    found: dict[str, list[Drift]] = {host: [] for host in hosts}
    for item in drift:
        found[item.host].append(item)
    return {host: tuple(items) for host, items in found.items()}


def stale_roles(declared: DeclaredHost, sources: Sources) -> dict[str, str]:
    """Roles of which the declared state no longer tells what they would declare."""
    return {
        name: reason
        for name, role in declared.roles.items()
        if (reason := _why_stale(declared.host, name, role, sources))
    }


def _why_stale(host: str, name: str, role: DeclaredRole, sources: Sources) -> str:
    inputs = sources.inputs(host, name)
    if not role.is_settled:
        return NOT_FINISHED
    if inputs.digest != role.inputs:
        return INPUTS
    if inputs.dynamic:
        return f"it asks {', '.join(inputs.dynamic)}"
    if sources.files_digest(inputs) != role.files:
        return FILES
    return ""


def order_for(declared: DeclaredHost, left_out: Iterable[str] = ()) -> Seen:
    """What to look at on a host: everything that its roles declared, and what it is itself."""
    things: list[Thing] = []
    roles: list[str] = []
    if declared.itself:
        things.append(declared.itself)
        roles.append("")
    for name, role in declared.roles.items():
        if name not in left_out:
            things.extend(role.things)
            roles.extend([name] * len(role.things))
    return Seen(Order(tuple(things)), tuple(roles))


def drift_of(look: HostLook, seen: Seen) -> Iterable[Drift]:
    """What a look found, with names instead of numbers."""
    if look.clock_skew_s > MAX_CLOCK_SKEW_S:
        yield Drift(look.host, "", "clock", "skew", "less than two minutes", f"{look.clock_skew_s:.0f} s")
    for difference in look.differences:
        yield _drift(look.host, difference, seen)
    for number, reason in look.untested.items():
        what = name_of(seen.order.things[number])
        yield Drift(look.host, seen.roles[number], what, "untested", "", reason)


def _drift(host: str, found: Difference, seen: Seen) -> Drift:
    what, role = name_of(seen.order.things[found.number]), seen.roles[found.number]
    if found.attribute in WORDS:  # digests say nothing to a reader
        gone = found.found == MISSING
        return Drift(host, role, what, found.attribute, "", MISSING if gone else WORDS[found.attribute])
    return Drift(host, role, what, found.attribute, found.wanted, found.found)


def name_of(thing: Thing) -> str:
    """A thing in a few words."""
    of = thing["of"]
    if thing["kind"] == "answer":
        return str(of.get("means") or " ".join(of["argv"]))
    if thing["kind"] == "line":
        return f"line {of['line']!r} in {of['path']}"
    if thing["kind"] == "process":
        return f"process of {of['name']} with {of['argument']}"
    words = {"path": "", "entries": "names in ", "block": "block in ", "tree": "everything below "}
    named = of.get("path") or of.get("name") or ""
    return f"{words.get(thing['kind'], thing['kind'] + ' ')}{named}".strip()


def _need(found: _Found) -> Need | None:
    if found.look and not found.look.is_reached:
        return None
    if found.whole or found.declared is None:
        return Need(found.host, found.whole or NEVER)
    if found.look and found.look.reason:
        return Need(found.host, f"it can't be looked at ({found.look.reason})")
    if any(not item.role for item in found.drift):
        return Need(found.host, DIFFERS)
    declared = found.declared.roles
    roles = {
        **{name: f"{UNSEEN}: {role.unseen[0]}" for name, role in declared.items() if role.unseen},
        **{item.role: DIFFERS for item in found.drift},
        **found.stale,
    }
    return Need(found.host, "", roles) if roles else None
