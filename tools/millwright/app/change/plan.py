"""``millwright plan``: what an apply would change, host by host."""

from typing import Literal

from millwright.adapters.ansible.events import ApplyOptions
from millwright.adapters.ansible.inventory import load_for_ansible
from millwright.app.change.findings import Finding, findings
from millwright.app.change.host_changes import TaskChange, TaskFailure, changes_in, failures_in
from millwright.app.context import Context
from millwright.app.document import Document
from millwright.app.playbook_progress import PlaybookProgress
from millwright.core.errors import ExitCode
from millwright.core.places import facility_file, state_folder
from millwright.fleet.look.plan import Plan, make_plan
from millwright.fleet.node_selection import parse_limit


class PlanReport(Document):
    """What an apply would change; nothing was changed."""

    format: Literal["millwright-plan/1"] = "millwright-plan/1"
    facility: str
    exit_code: int
    conclusion: str
    """The outcome in one sentence."""
    would_change: bool
    hosts: int
    """Selected hosts."""
    looked_at: int
    """Hosts whose state was compared without Ansible."""
    checked_by_ansible: int
    """Hosts that Ansible checked."""
    reasons: tuple[Finding, ...]
    """Why Ansible checked hosts."""
    differences: tuple[Finding, ...]
    """Differences found without Ansible."""
    changes: tuple[TaskChange, ...]
    """Changes of files found by Ansible."""
    would_change_tasks: dict[str, int]
    """Number of tasks that would change something, by host; hosts without any are left out."""
    failures: tuple[TaskFailure, ...]
    unreachable: tuple[Finding, ...]
    log: str | None
    """File with Ansible's own output; null if Ansible did not run."""


def plan_changes(
    context: Context, facility: str, *, limit: str = "", fail_on_change: bool = False
) -> PlanReport:
    """Find out what an apply would change on the hosts of ``limit``, a node set or groups; all if empty.

    ``fail_on_change`` makes a change that an apply would make exit with 1. Raises :exc:`BadInputError` for
    a facility or limit that is not usable.
    """
    file = facility_file(facility)
    described = load_for_ansible(file)
    plan = make_plan(
        file,
        described,
        ApplyOptions(limit=parse_limit(limit)),
        state=state_folder(described.name),
        now=context.now(),
        on_event=PlaybookProgress(context.progress),
    )
    is_rejected = fail_on_change and plan.exit_code is ExitCode.OK and plan.would_change
    return _report(plan, described.name, ExitCode.FAIL if is_rejected else plan.exit_code)


def _report(plan: Plan, facility: str, exit_code: ExitCode) -> PlanReport:
    return PlanReport(
        facility=facility,
        exit_code=int(exit_code),
        conclusion=f"{facility}: {_conclusion(plan)}; nothing was touched.",
        would_change=plan.would_change,
        hosts=len(plan.hosts),
        looked_at=len(plan.survey.looks),
        checked_by_ansible=len(plan.survey.needs),
        reasons=findings(plan.reasons),
        differences=findings(plan.differences),
        changes=changes_in([plan.check]),
        would_change_tasks={host.host: host.changed for host in plan.check.hosts if host.changed},
        failures=failures_in([plan.check]),
        unreachable=findings(plan.unreachable),
        log=str(plan.check.log) if plan.check.log else None,
    )


def _conclusion(plan: Plan) -> str:
    """The outcome; a host that did not answer is no evidence that nothing would change there."""
    known = "an apply would make the changes above" if plan.would_change else "an apply would change nothing"
    if plan.exit_code is ExitCode.OK:
        return known
    if plan.would_change:
        return f"{known}, and what it would change on the hosts that could not be checked is not known"
    return "what an apply would change is not known, for not every host could be checked"
