"""One result of several runs of Ansible and of the looks at hosts that needed none."""

from collections.abc import Sequence
from dataclasses import replace

from millwright.adapters.ansible.events import ApplyResult, Failure, HostCounts
from millwright.fleet.look.survey import LOOKED_AT, Survey, order_for


def merge(results: Sequence[ApplyResult], *, seconds: float) -> ApplyResult:
    """Runs one after the other as one result; a host that was in several has the sum of its tasks."""
    counts: dict[str, HostCounts] = {}
    for result in results:
        for host in result.hosts:
            counts[host.host] = _sum(counts.get(host.host), host)
    return ApplyResult(
        tuple(counts.values()),
        tuple(failure for result in results for failure in result.failures),
        tuple(change for result in results for change in result.changes),
        status=next((result.status for result in results if result.status), 0),
        log=results[-1].log if results else None,
        seconds=seconds,
        is_complete=all(result.is_complete for result in results),
    )


def _sum(one: HostCounts | None, other: HostCounts) -> HostCounts:
    if one is None:
        return other
    return HostCounts(
        other.host,
        one.ok + other.ok,
        one.changed + other.changed,
        one.failed + other.failed,
        one.unreachable + other.unreachable,
        one.is_finished and other.is_finished,
    )


def add_looks(result: ApplyResult, found: Survey, hosts: Sequence[str]) -> ApplyResult:
    """The same result with the hosts to which Ansible did not have to go, in the order of the inventory."""
    ran = {host.host: host for host in result.hosts}
    needed = {need.host for need in found.needs}
    failures = list(result.failures)
    counts = []
    for host in hosts:
        look = found.looks.get(host)
        if host in ran:
            counts.append(ran[host])
        elif look and not look.is_reached:
            counts.append(HostCounts(host, ok=0, changed=0, failed=0, unreachable=1))
            failures.append(Failure(host, LOOKED_AT, look.reason))
        elif look and host not in needed:
            things = len(order_for(found.declared[host]).order.things)
            counts.append(HostCounts(host, ok=things, changed=0, failed=0, unreachable=0))
    return replace(result, hosts=tuple(counts), failures=tuple(failures))
