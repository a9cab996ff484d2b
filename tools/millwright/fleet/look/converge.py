"""Brings a set of hosts to their declared state, and Ansible only to those that need it.

A role whose inputs are those of its last good run would declare the same state again, so one look at
the host says whether it still has it. Ansible goes to hosts and roles that are new, changed, drifted or
can't be seen.
"""

import json
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.ansible.playbook import (
    apply,
    new_log,
    playbook_argv,
    run_playbook,
    selected_hosts,
    with_short_limit,
)
from millwright.adapters.ansible.stored_inventory import write_inventory
from millwright.adapters.here.facility_lock import only_one
from millwright.facility.model import Facility
from millwright.fleet.look.ansible_runs import Run, runs_for
from millwright.fleet.look.declared_items import Task
from millwright.fleet.look.declared_state import DeclaredHost, Store
from millwright.fleet.look.finding import HostLook, Order
from millwright.fleet.look.merged_result import add_looks, merge
from millwright.fleet.look.over_ssh import look_at_hosts
from millwright.fleet.look.role_sources import Sources, sources_of
from millwright.fleet.look.sealing import newly_declared, seal
from millwright.fleet.look.survey import LookAtHosts, Need, Survey, survey

LOOKING = "Look at the hosts"
FULL = "a full run was asked for"
SEALING = "Look at what was reached"


def converge(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    facility: Facility,
    options: ApplyOptions,
    *,
    state: Path,
    now: datetime,
    on_event: Callable[[Event], None],
    sources: Sources | None = None,
) -> ApplyResult:
    """Bring the hosts that ``options`` name to their state and return what happened on each.

    ``sources`` are those of the wave before, which spares reading the facility again.
    Raises what :func:`millwright.adapters.ansible.playbook.apply` raises.
    """
    if options.check:
        return apply(file, facility, options, state=state, now=now, on_event=on_event)
    sources = sources or sources_of(file, facility, state)
    hosts = selected_hosts(file, facility, sources.inventory, options.limit)
    if not hosts:
        return ApplyResult((), (), (), status=0, log=None, seconds=0.0)
    begun = time.monotonic()
    with only_one(state, facility.name, now) as lock:
        store = Store(state / "declared")
        sources.read_again()
        look_at = looker(sources, store, on_event)
        for host in hosts:
            sources.basis(host)  # variables count as they were before the run
        found = Survey({}, {}, (), tuple(Need(host, FULL) for host in hosts))
        if not options.is_full:
            found = survey(hosts, store, sources, look_at(LOOKING))
        results = _run_all(found.needs, hosts, options, now, lock, on_event, store, sources)
        merged = merge(results, seconds=time.monotonic() - begun)
        return add_looks(merged, found, hosts)


def converge_roles(  # noqa: PLR0913 - as above
    file: Path,
    facility: Facility,
    hosts: Sequence[str],
    roles: Container[str],
    *,
    state: Path,
    now: datetime,
    on_event: Callable[[Event], None] = lambda _: None,
) -> ApplyResult | None:
    """Bring some roles of hosts to their state and leave the others for the next converge.

    None, with nothing changed, if a host has not converged before: then no look can say what it needs.
    Raises what :func:`converge` raises.
    """
    sources, begun = sources_of(file, facility, state), time.monotonic()
    with only_one(state, facility.name, now) as lock:
        store = Store(state / "declared")
        for host in hosts:
            sources.basis(host)
        found = survey(hosts, store, sources, looker(sources, store, on_event)(LOOKING))
        if any(need.everything for need in found.needs):
            return None
        narrowed = (
            replace(need, roles={name: why for name, why in need.roles.items() if name in roles})
            for need in found.needs
        )
        needs = tuple(need for need in narrowed if need.roles)
        results = _run_all(needs, hosts, ApplyOptions(), now, lock, on_event, store, sources)
        return add_looks(merge(results, seconds=time.monotonic() - begun), replace(found, needs=needs), hosts)


def _run_all(  # noqa: PLR0913, PLR0917 - as above
    needs: Iterable[Need],
    hosts: Sequence[str],
    options: ApplyOptions,
    now: datetime,
    lock: int,
    on_event: Callable[[Event], None],
    store: Store,
    sources: Sources,
) -> list[ApplyResult]:
    """The runs of Ansible that hosts need, up to the first in which a host failed."""
    results: list[ApplyResult] = []
    look_at = looker(sources, store, on_event)
    for number, run in enumerate(runs_for(needs, sources.play)):
        argv = playbook_argv(sources.file, with_short_limit(options_for(run, hosts, options), sources.state))
        log = new_log(sources.state, now + timedelta(microseconds=number))
        _unsettle(run, store)
        results.append(_run(argv, log, lock, on_event, run, store, sources, look_at(SEALING)))
        if any(host.failed for host in results[-1].hosts):
            break  # what new hosts need may be what failed; a host that is gone holds up nobody
    return results


def looker(sources: Sources, store: Store, on_event: Callable[[Event], None]) -> Callable[[str], LookAtHosts]:
    """How to look at the hosts of a facility, telling it as a play of that name."""

    def named(name: str) -> LookAtHosts:
        def look_at(orders: Mapping[str, Order]) -> Mapping[str, HostLook]:
            if not orders:
                return {}
            on_event({"event": "play", "name": name})

            def report(look: HostLook) -> None:
                on_event({"event": "task", "name": look.host})
                on_event({"event": "result", "host": look.host, "task": name, "status": "ok"})

            return look_at_hosts(sources.facility, sources.inventory, orders, key=store.key(), on_look=report)

        return look_at

    return named


def options_for(run: Run, hosts: Sequence[str], options: ApplyOptions) -> ApplyOptions:
    """What Ansible is told for one run of a converge of ``hosts``."""
    limit = options.limit if len(run.hosts) == len(hosts) else run.hosts
    return replace(options, limit=limit, tags=run.roles, skipped_tags=run.left_out)


def _unsettle(run: Run, store: Store) -> None:
    """Note that roles are about to run: a process that is killed leaves hosts that have to be run again."""
    for host in run.hosts:
        if found := store.load(host):
            store.save(found.without(run.roles or found.roles))


def _run(  # noqa: PLR0913, PLR0917 - joins a run with what is kept of it
    argv: Sequence[str],
    log: Path,
    lock: int,
    on_event: Callable[[Event], None],
    run: Run,
    store: Store,
    sources: Sources,
    look_at: LookAtHosts,
) -> ApplyResult:
    declared, known = log.with_suffix(".declared.jsonl"), log.with_suffix(".inventory.json")
    declared.touch(mode=0o600)
    write_inventory(sources.narrowing.to(run.hosts), known)
    try:
        result = run_playbook(argv, log, lock, on_event, declared=declared, inventory=known)
        tasks = read_tasks(declared) if result.is_complete else None
        if tasks is not None:
            good = [host.host for host in result.hosts if host.state in {"ok", "changed"}]
            _keep(seal(newly_declared(tasks, good, run, store, sources), look_at), store)
    finally:
        for file in (declared, known):
            file.unlink(missing_ok=True)
    return result


def _keep(declared: Iterable[DeclaredHost], store: Store) -> None:
    for host in declared:
        store.save(host)


def read_tasks(path: Path) -> list[Task] | None:
    """What the callback ``declared`` wrote; None if any of it is missing."""
    try:
        *found, end = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    except ValueError:  # nothing at all, or a line that was cut off
        return None
    is_whole = end.get("end") is True and end["recorded"] == len(found) and not end["lost"]
    return found if is_whole else None
