"""What an apply would change: a look at the hosts, and Ansible's own check where a look does not do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from millwright.adapters.ansible.events import ApplyOptions, ApplyResult, Event
from millwright.adapters.ansible.playbook import apply, selected_hosts
from millwright.core.errors import ExitCode
from millwright.facility.model import Facility
from millwright.fleet.look.ansible_runs import runs_for
from millwright.fleet.look.converge import LOOKING, looker, options_for
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.drift import SharedFinding, findings_of, share_findings
from millwright.fleet.look.merged_result import merge
from millwright.fleet.look.role_sources import sources_of
from millwright.fleet.look.survey import Survey, survey


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change on which host."""

    hosts: tuple[str, ...]
    survey: Survey
    check: ApplyResult
    """What Ansible would change, by its own check of the hosts that a look does not do for."""

    @property
    def would_change(self) -> bool:
        """Whether an apply would change anything on any host."""
        return bool(self.differences or any(host.changed for host in self.check.hosts))

    @property
    def differences(self) -> tuple[SharedFinding, ...]:
        """What the look found, equal differences once."""
        return findings_of(self.survey.drift)

    @property
    def reasons(self) -> tuple[SharedFinding, ...]:
        """Why Ansible was asked, equal reasons once."""
        return share_findings(
            (need.host, role, "", reason)
            for need in self.survey.needs
            for role, reason in (need.roles or {"": need.everything}).items()
        )

    @property
    def unreachable(self) -> tuple[SharedFinding, ...]:
        """Hosts of which nothing is known."""
        looked = ((look.host, "", "the host", look.reason) for look in self.survey.unreachable())
        asked = (
            (failure.host, "", "the host", failure.message)
            for failure in self.check.failures
            if any(host.host == failure.host and host.unreachable for host in self.check.hosts)
        )
        return share_findings([*looked, *asked])

    @property
    def exit_code(self) -> ExitCode:
        """FAIL where a check failed, NOT_TESTED where a host could not be reached; a change is no failure."""
        if self.check.exit_code is ExitCode.FAIL:
            return ExitCode.FAIL
        return ExitCode.NOT_TESTED if self.unreachable else ExitCode.OK


def make_plan(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    facility: Facility,
    options: ApplyOptions,
    *,
    state: Path,
    now: datetime,
    on_event: Callable[[Event], None],
) -> Plan:
    """Find out what :func:`millwright.fleet.look.converge.converge` would change; nothing is touched."""
    sources = sources_of(file, facility, state)
    hosts = selected_hosts(file, facility, sources.inventory, options.limit)
    store = Store(state / "declared")
    found = survey(hosts, store, sources, looker(sources, store, on_event)(LOOKING))
    checks = []
    for number, run in enumerate(runs_for(found.needs, sources.play, is_check=True)):
        asked = replace(options_for(run, hosts, options), check=True, diff=True)
        at = now + timedelta(microseconds=number)
        checks.append(apply(file, facility, asked, state=state, now=at, on_event=on_event))
    return Plan(hosts, found, merge(checks, seconds=sum(check.seconds for check in checks)))
