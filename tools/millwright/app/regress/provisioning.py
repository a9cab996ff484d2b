"""Changes that Millwright made to hosts, from the journals of this machine."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

from millwright.core.node_sets import fold
from millwright.fleet.rollout.journal import Journal, journals
from millwright.regress.causes import Event
from millwright.results.run_info import iso_utc

COMMANDS = ("apply", "maintain", "commission")


def provisioning_events(state: Path, nodes: Collection[str]) -> Iterator[Event]:
    """What each run of a command changed on hosts: on nodes of partitions, and on all others together.

    ``nodes`` are those of the partitions; a change of any other host may bear on every series.
    """
    for command in COMMANDS:
        for journal in journals(state, command):
            yield from _events(journal, command, frozenset(nodes))


def _events(journal: Journal, command: str, nodes: frozenset[str]) -> Iterator[Event]:
    changed: dict[str, dict[str, int]] = defaultdict(dict)
    for entry in journal.entries():
        at = _time(entry.get("at"))
        host, count, node = entry.get("host"), entry.get("changed"), entry.get("node")
        if not at:
            continue
        if isinstance(host, str) and isinstance(count, int) and count > 0:
            changed[at][host] = count
        elif entry["event"] == "node" and isinstance(node, str):
            text = f"millwright {command} {journal.run_id} worked on {node}: {entry.get('fate')}"
            yield Event(at, "provisioning", text, frozenset({node}))
    for at, hosts in changed.items():
        groups = [{host} for host in sorted(hosts.keys() & nodes)]
        for some in (*groups, hosts.keys() - nodes):
            if some:
                tasks = sum(hosts[host] for host in some)
                what = f"{tasks} task{'s' * (tasks != 1)} on {fold(sorted(some))}"
                text = f"millwright {command} {journal.run_id} changed {what}"
                yield Event(at, "provisioning", text, frozenset(some & nodes))


def _time(text: object) -> str:
    """The time of an entry in UTC; empty if it can't be read."""
    try:
        return iso_utc(datetime.datetime.fromisoformat(str(text)))
    except ValueError:
        return ""
