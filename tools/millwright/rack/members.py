"""Members of a rack: its nodes and its mirror, each one program in a cgroup of its own."""

from collections.abc import Sequence

from millwright.core.process import tail
from millwright.rack.cgroups import Hierarchies, cgroup_of
from millwright.rack.down import end_member, forget_machine
from millwright.rack.journal import Entry, Journal
from millwright.rack.node import launch
from millwright.rack.plan import RackPlan
from millwright.rack.processes import is_alive, start_time

MIRROR = "mirror"


def member_runs(journal: Journal, name: str) -> bool:
    """Whether the process that was noted for a member still runs."""
    entry = journal.process(name)
    return entry is not None and is_alive(entry.pid, entry.started)


def start_member(
    plan: RackPlan, hierarchies: Hierarchies, journal: Journal, name: str, argv: Sequence[str]
) -> None:
    """Start a member, after ending whatever an earlier start left of it."""
    cgroup = cgroup_of(hierarchies, plan.name, name)
    end_member(cgroup)
    forget_machine(name)
    journal.note(Entry("cgroup", name))
    cgroup.make()
    pid = launch(argv, cgroup, plan.state / "log" / f"{name}.log", hierarchies)
    journal.note(Entry("process", name, pid, start_time(pid)))


def last_words(plan: RackPlan, name: str) -> str:
    """The end of what a member printed, where the reason of a failure stands."""
    path = plan.state / "log" / f"{name}.log"
    return tail(path.read_text(errors="replace"), 4) if path.exists() else ""
