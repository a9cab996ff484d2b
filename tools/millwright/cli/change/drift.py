"""``millwright drift``: what differs from the declared state on the hosts, and what no look can see."""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from millwright.adapters.ansible.inventory import build_inventory
from millwright.adapters.ansible.playbook import selected_hosts
from millwright.cli.change.apply import expand_limit
from millwright.cli.narrator import Narrator
from millwright.cli.progress import shown
from millwright.core.errors import ExitCode
from millwright.core.node_sets import fold
from millwright.core.places import as_typed, checkout, facility_file, state_folder
from millwright.facility import load_facility
from millwright.fleet.look.converge import LOOKING, looker
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.drift import DriftReport, Told, find_drift
from millwright.fleet.look.role_sources import Sources, read_play

STYLES = {
    "differs": "yellow",
    "left behind": "yellow",
    "could not be looked at": "magenta",
    "unreachable": "magenta",
}


def command(
    facility: Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")],
    *,
    limit: Annotated[str, typer.Option(help="Hosts as a node set, or groups: rack-c[1-2],login.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> int:
    """Say what differs from the declared state on the hosts, and what no look can see. Changes nothing.

    One round trip a host, without Ansible. Ends with 1 where something differs, with 3 where hosts could
    not be looked at or never converged.

    Example: millwright drift rack --limit rack-c[1-2]
    """
    file = facility_file(facility)
    described = load_facility(file)
    inventory = build_inventory(described, file)
    hosts = selected_hosts(file, described, inventory, expand_limit(limit))
    state = state_folder(described.name)
    sources = Sources(file, described, inventory, checkout(), state, read_play(checkout()))
    store = Store(state / "declared")
    if not hosts and not as_json:
        typer.echo(
            f"{described.name}: the facility has no host that Ansible provisions, so nothing can differ."
        )
        return ExitCode.OK
    begun = time.monotonic()
    with shown() as steps:
        narrator = Narrator(steps)
        report = find_drift(hosts, store, sources, looker(sources, store, narrator)(LOOKING))
    seconds = time.monotonic() - begun
    if as_json:
        typer.echo(
            json.dumps(
                {**report.as_data(), "manages": described.manages, "seconds": round(seconds, 1)}, indent=2
            )
        )
    else:
        _print(report, described.name, seconds)
        if report.undeclared:
            typer.echo(
                f"An apply leaves these as they are; millwright accounts diff {as_typed(file)} says more."
            )
        if described.manages is not None:
            typer.echo(f"Seen is what these roles declare, and nothing else: {_roles(described.manages)}.")
    return report.exit_code


def _roles(manages: Sequence[str]) -> str:
    return ", ".join(manages) or "none (manages: [])"


def print_told(console: Console, title: str, lines: Iterable[Told]) -> None:
    """One line for each thing, under the hosts that share it."""
    for told in lines:
        role = f"{told.role}: " if told.role else ""
        text = ": ".join(part for part in (f"{role}{told.what}".removesuffix(": "), told.detail) if part)
        console.print(Text(f"{title}: {fold(told.hosts)}: {text}", style=STYLES.get(title, "")))


def _print(report: DriftReport, facility: str, seconds: float) -> None:
    console = Console()
    print_told(console, "differs", report.differences)
    print_told(console, "could not be looked at", [*report.untested, *report.unreachable])
    if report.never_converged:
        console.print(Text(f"never converged: {fold(report.never_converged)}", style="magenta"))
    print_told(console, "left behind", report.left)
    print_told(console, "out of date", report.outdated)
    print_told(console, "not declared", report.undeclared)
    print_told(console, "unseen", report.unseen)
    print_told(console, "seen through its proof", report.proved)
    looked = (
        len(report.hosts) - len(report.never_converged) - sum(len(told.hosts) for told in report.unreachable)
    )
    console.print(
        Text(
            f"{facility}: {report.things} things on {looked} of {len(report.hosts)} hosts looked at,"
            f" {sum(len(told.hosts) for told in report.differences)} differ; {seconds:.1f} s."
        )
    )
