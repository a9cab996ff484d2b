"""``millwright plan``: what an apply would change, host by host; nothing is touched."""

from typing import Annotated

import typer
from rich.text import Text

from millwright.app.change.plan import PlanReport, plan_changes
from millwright.cli.change.findings import print_findings
from millwright.cli.options import AsJson, FacilityName, Limit
from millwright.cli.output import console, context, print_json
from millwright.core.node_sets import fold


def command(
    facility: FacilityName,
    *,
    limit: Limit = "",
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="End with 1 if something would change.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Show what an apply would change on which host, as a diff; nothing is touched.

    Each host is compared with the state that was declared last; if playbooks, variables or hosts changed
    since, Ansible checks those hosts.

    Example: millwright plan rack --limit rack-c[1-2]
    """
    with context() as here:
        plan = plan_changes(here, facility, limit=limit, fail_on_change=fail_on_change)
    if as_json:
        print_json(plan)
    else:
        print_plan(plan)
    return plan.exit_code


def print_plan(plan: PlanReport) -> None:
    """Print differences, then Ansible's check, then the conclusion."""
    out = console()
    print_findings(out, "differs", plan.differences)
    for change in plan.changes:
        out.print(Text(f"{fold(change.hosts)}: {change.task}", style="bold"))
        out.print(Text(change.text))
    counts: dict[int, list[str]] = {}
    for host, tasks in plan.would_change_tasks.items():
        counts.setdefault(tasks, []).append(host)
    for tasks, hosts in sorted(counts.items()):
        out.print(Text(f"{fold(hosts)}: {tasks} tasks would change something"))
    for failure in plan.failures:
        out.print(Text(f"{failure.host}: {failure.task}: {failure.message}", style="red"))
    print_findings(out, "unreachable", plan.unreachable)
    print_findings(out, "checked by Ansible", plan.reasons)
    looked, checked = f"{plan.looked_at} of {plan.hosts}", plan.checked_by_ansible
    out.print(Text(f"{plan.facility}: {looked} hosts looked at, {checked} checked by Ansible."))
    out.print(Text(plan.conclusion))
