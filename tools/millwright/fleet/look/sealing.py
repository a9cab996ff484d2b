"""What a good run declared, kept with what a look at the hosts found right after it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from millwright.fleet.look.ansible_runs import Run
from millwright.fleet.look.declared_items import HOST, Declaration, Task, Thing, declarations
from millwright.fleet.look.declared_state import DeclaredHost, DeclaredRole, Store
from millwright.fleet.look.finding import MAX_CLOCK_SKEW_S, HostLook
from millwright.fleet.look.leftovers import forget
from millwright.fleet.look.role_sources import Sources
from millwright.fleet.look.survey import LookAtHosts, Seen, order_for


def newly_declared(
    tasks: Iterable[Task], hosts: Iterable[str], run: Run, store: Store, sources: Sources
) -> list[DeclaredHost]:
    """Documents of the hosts that a run left in a good state, not yet compared with the hosts."""
    sources.forget_files()  # the run may have made some: a key that was missing
    declared = declarations(tasks)
    found = []
    for host in hosts:
        before = store.load(host)
        kept = before.roles if before and run.roles else {}
        new = {name: _role(host, name, role, sources) for name, role in declared.get(host, {}).items()}
        roles = {**kept, **new}
        found.append(DeclaredHost(host, sources.basis(host), roles, HOST, forget(before, roles)))
    return found


def _role(host: str, name: str, role: Declaration, sources: Sources) -> DeclaredRole:
    inputs = sources.inputs(host, name)
    files = sources.files_digest(inputs)
    return DeclaredRole(
        inputs.digest, files, is_settled=True, things=role.things, unseen=role.unseen, proved=role.proved
    )


def seal(declared: Sequence[DeclaredHost], look_at: LookAtHosts) -> list[DeclaredHost]:
    """The same documents with the values that the hosts tell.

    A role of which a thing is not as declared right after a good run stays unsettled: Ansible goes
    to it again, as it does to a host that did not answer.
    """
    seen = {host.host: order_for(host) for host in declared}
    looks = look_at({host: found.order for host, found in seen.items()})
    return [_sealed(host, seen[host.host], looks[host.host]) for host in declared]


def _sealed(declared: DeclaredHost, seen: Seen, look: HostLook) -> DeclaredHost:
    things = [_with_values(thing, look, number) for number, thing in enumerate(seen.order.things)]
    doubtful = {seen.roles[found.number] for found in look.differences}
    doubtful |= {seen.roles[number] for number in look.untested}
    if not look.is_seen or "" in doubtful or look.clock_skew_s > MAX_CLOCK_SKEW_S:
        return declared.without(declared.roles)
    roles: dict[str, list[Thing]] = {name: [] for name in declared.roles}
    for role, thing in zip(seen.roles, things, strict=True):
        if role:
            roles[role].append(thing)
    settled = {
        name: replace(role, things=tuple(roles[name]), is_settled=role.is_settled and name not in doubtful)
        for name, role in declared.roles.items()
    }
    return replace(declared, roles=settled, itself=things[0])


def _with_values(thing: Thing, look: HostLook, number: int) -> Thing:
    """A thing that wants what the host has told; what was sealed before stays as it was."""
    return {**thing, "wants": {**thing["wants"], **look.sealed.get(number, {})}, "seal": []}


OPENED = ("output", "digest")
"""What a host tells only as a digest: answers, and files that the command wrote."""


def reseal(host: str, role: str, store: Store, look_at: LookAtHosts) -> None:
    """Keep what a host tells now of the answers and files of one role; nothing where it never converged.

    The role's inputs stay as they were, so that an apply goes to it where they changed since.
    """
    declared = store.load(host)
    if declared is None or role not in declared.roles:
        return
    kept = declared.roles[role]
    opened = replace(kept, things=tuple(_opened(thing) for thing in kept.things))
    (sealed,) = seal([replace(declared, roles={role: opened})], look_at)
    store.save(replace(declared, roles={**declared.roles, role: sealed.roles[role]}))


def _opened(thing: Thing) -> Thing:
    """A thing that tells its output or content again."""
    wants = {name: value for name, value in thing["wants"].items() if name not in OPENED}
    opened = [name for name in OPENED if name in thing["wants"]]
    return {**thing, "wants": wants, "seal": [*thing["seal"], *opened]}
