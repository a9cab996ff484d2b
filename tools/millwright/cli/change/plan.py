"""``millwright plan``: what an apply would change, host by host; nothing is touched."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from millwright.adapters.ansible.events import ApplyOptions
from millwright.cli.change.apply import expand_limit
from millwright.cli.change.drift import print_told
from millwright.cli.narrator import Narrator
from millwright.cli.progress import shown
from millwright.core.clock import utc_now
from millwright.core.errors import ExitCode
from millwright.core.node_sets import fold
from millwright.core.places import facility_file, state_folder
from millwright.facility import load_facility
from millwright.fleet.look.plan import Plan, make_plan


def command(
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    *,
    limit: Annotated[str, typer.Option(help="Hosts as a node set, or groups: rack-c[1-2],login.")] = "",
    fail_on_change: Annotated[
        bool, typer.Option("--fail-on-change", help="End with 1 where something would change.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> int:
    """Say what an apply would change on which host, as a diff; nothing is touched.

    A look at each host tells what differs from the state that was declared last; where playbooks,
    variables or hosts changed since, Ansible checks those hosts.

    Example: millwright plan rack --limit rack-c[1-2]
    """
    file = facility_file(facility)
    described = load_facility(file)
    options = ApplyOptions(limit=expand_limit(limit))
    with shown() as steps:
        plan = make_plan(
            file,
            described,
            options,
            state=state_folder(described.name),
            now=utc_now(),
            on_event=Narrator(steps),
        )
    if as_json:
        typer.echo(json.dumps(plan.as_data(), indent=2))
    else:
        _print(plan, described.name)
    if fail_on_change and plan.exit_code is ExitCode.OK and plan.would_change:
        return ExitCode.FAIL
    return plan.exit_code


def _print(plan: Plan, facility: str) -> None:
    console = Console()
    print_told(console, "differs", plan.differences)
    for change in plan.check.changes:
        console.print(Text(f"{fold(change.hosts)}: {change.task}", style="bold"))
        console.print(Text(change.text))
    counts: dict[int, list[str]] = {}
    for host in plan.check.hosts:
        if host.changed:
            counts.setdefault(host.changed, []).append(host.host)
    for tasks, hosts in sorted(counts.items()):
        console.print(Text(f"{fold(tuple(hosts))}: {tasks} tasks would change something"))
    for failure in plan.check.failures:
        console.print(Text(f"{failure.host}: {failure.task}: {failure.message}", style="red"))
    print_told(console, "unreachable", plan.unreachable)
    print_told(console, "checked by Ansible", plan.reasons)
    looked, checked = len(plan.survey.looks), len(plan.survey.needs)
    console.print(
        Text(f"{facility}: {looked} of {len(plan.hosts)} hosts looked at, {checked} checked by Ansible.")
    )
    console.print(Text(f"{facility}: {_conclusion(plan)}; nothing was touched."))


def _conclusion(plan: Plan) -> str:
    """What the plan comes to; silence of a host is no promise that nothing would change there."""
    told = "an apply would change what stands above" if plan.would_change else "an apply would change nothing"
    if plan.exit_code is ExitCode.OK:
        return told
    if plan.would_change:
        return f"{told}, and what it would change on the hosts that could not be checked is not known"
    return "what an apply would change is not known, for not every host could be checked"
