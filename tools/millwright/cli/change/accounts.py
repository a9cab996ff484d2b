"""``millwright accounts``: access modes, shares and grants in Slurm's accounting, and what was used."""

import datetime
import itertools
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from millwright.adapters.ansible.accounts import (
    AccountingReport,
    Difference,
    OpenGrant,
    compare_accounting,
    readable,
)
from millwright.adapters.here.facility_lock import only_one
from millwright.adapters.slurm.usage import ask_usage, usage_period
from millwright.capacity.usage import sum_usage
from millwright.cli.change.accounts_usage import chosen_period, print_usage, usage_csv, usage_data
from millwright.core.clock import utc_now
from millwright.core.errors import ExitCode, NotTestableError
from millwright.core.places import as_typed, facility_file, state_folder
from millwright.facility import load_facility
from millwright.fleet.look.converge import looker
from millwright.fleet.look.declared_state import Store
from millwright.fleet.look.role_sources import sources_of
from millwright.fleet.look.sealing import reseal

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Keep access modes, shares, grants and users in Slurm's accounting as declared.",
)

MOST_LISTED = 20
ROLE = "slurm_accounts"
DAY = "%Y-%m-%d"

FacilityName = Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")]
Delete = Annotated[
    list[str] | None,
    typer.Option(
        "--delete",
        help="Delete account=NAME, user=NAME, qos=NAME or association=USER/ACCOUNT; may be given again.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@app.command()
def plan(name: FacilityName, delete: Delete = None, as_json: AsJson = False) -> None:
    """Say what `accounts apply` would change; nothing is touched.

    Example: millwright accounts plan rack --delete account=tide
    """
    _print(_compare(name, delete or [], check=True), name, as_json=as_json, ending="would change")


@app.command()
def diff(name: FacilityName, as_json: AsJson = False) -> None:
    """Say where slurmdbd differs from the facility; exits with 1 where it does, for schedules and CI.

    Example: millwright accounts diff rack
    """
    report = _compare(name, [], check=True)
    _print(report, name, as_json=as_json, ending="differ")
    raise typer.Exit(ExitCode.OK if report.is_as_declared else ExitCode.FAIL)


@app.command()
def apply(name: FacilityName, delete: Delete = None, as_json: AsJson = False) -> None:
    """Bring slurmdbd to what the facility declares; nothing is deleted unless it is named.

    Example: millwright accounts apply rack
    """
    report = _compare(name, delete or [], check=False)
    _keep_as_declared(name)
    _print(report, name, as_json=as_json, ending="were changed")


@app.command()
def usage(
    name: FacilityName,
    begin: Annotated[
        datetime.datetime | None,
        typer.Option(
            "--from", formats=[DAY], help="First day, UTC; that of the oldest open grant by default."
        ),
    ] = None,
    end: Annotated[
        datetime.datetime | None,
        typer.Option("--to", formats=[DAY], help="Last day, UTC; today by default."),
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print one line an account as CSV.")] = False,
) -> None:
    """Show hours granted, used and left by antenna and access mode, and the Union's part.

    Exits with 1 where the Union used more than the law allows, 3 where slurmdbd does not answer.

    Example: millwright accounts usage rack --from 2026-11-01 --csv
    """
    facility = load_facility(facility_file(name))
    now = utc_now()
    period = chosen_period(usage_period(facility, now), begin, end)
    with Console(stderr=True).status("asking slurmdbd"):
        found = sum_usage(facility, ask_usage(facility, *period))
    if as_json:
        typer.echo(json.dumps(usage_data(found), indent=2))
    elif as_csv:
        typer.echo(usage_csv(found), nl=False)
    else:
        print_usage(found)
    raise typer.Exit(ExitCode.FAIL if any(part.is_above_ceiling for part in found.union) else ExitCode.OK)


def _compare(name: str, delete: list[str], *, check: bool) -> AccountingReport:
    file = facility_file(name)
    facility = load_facility(file)
    with Console(stderr=True).status("asking slurmdbd") as status:
        return compare_accounting(
            file,
            facility,
            delete=delete,
            check=check,
            state=state_folder(facility.name),
            now=utc_now(),
            on_event=lambda event: status.update(str(event["name"])) if event.get("name") else None,
        )


def _keep_as_declared(name: str) -> None:
    """Let drift compare with what slurmdbd holds now; if that can't be looked at, say so."""
    file = facility_file(name)
    facility = load_facility(file)
    if facility.services is None:
        return
    state = state_folder(facility.name)
    store = Store(state / "declared")
    try:
        with only_one(state, facility.name, utc_now()):
            look_at = looker(sources_of(file, facility, state), store, lambda _: None)
            reseal(facility.services.controller, ROLE, store, look_at("Look at the accounts"))
    except NotTestableError as error:
        warning = (
            f"warning: the accounts are changed, but drift still compares with those before: {error}\n"
            f"Run millwright accounts apply {as_typed(file)} again afterwards."
        )
        Console(stderr=True, soft_wrap=True).print(Text(warning, style="yellow"))


def _print(report: AccountingReport, facility: str, *, as_json: bool, ending: str) -> None:
    if as_json:
        typer.echo(json.dumps({**asdict(report), "is_as_declared": report.is_as_declared}, indent=2))
        return
    console = Console(soft_wrap=True)
    for (kind, name), rows in itertools.groupby(report.differences, key=lambda row: (row.kind, row.name)):
        _print_record(console, kind, name, list(rows))
    for loss in report.losses:
        console.print(Text(f"- {loss}", style="red"))
    for missing in report.not_there:
        console.print(Text(f"{missing} is not there: nothing to delete", style="yellow"))
    for kind, name in report.undeclared[:MOST_LISTED]:
        console.print(Text(f"not declared, stays as it is: {kind} {name}", style="dim"))
    if len(report.undeclared) > MOST_LISTED:
        rest = len(report.undeclared) - MOST_LISTED
        console.print(Text(f"not declared, stay as they are: {rest} more (--json lists all)", style="dim"))
    for grant in report.open_grants:
        _print_open_grant(console, grant, as_typed(facility_file(facility)))
    records = len({(row.kind, row.name) for row in report.differences})
    deleted = f", deletions: {len(report.losses)}" if report.losses else ""
    verdict = f"records that {ending}: {records}{deleted}"
    if not report.commands:
        verdict = "slurmdbd holds what is declared"
    if report.open_grants:
        verdict += f", grants still open that the facility no longer has: {len(report.open_grants)}"
    console.print(Text(f"{facility}: {verdict}."))


def _print_open_grant(console: Console, grant: OpenGrant, typed: str) -> None:
    """Tell a grant that nobody closes unless it is named, and the command that does."""
    users = ", ".join(grant.users) or "nobody"
    told = f"{grant.access_modes}, {readable(grant.granted)}, charged by {users}"
    console.print(
        Text(f"still open, and no longer in the facility: account {grant.name} ({told})", style="yellow")
    )
    named = "".join(f" --delete {name}" for name in grant.delete)
    console.print(Text(f"    closed by name: millwright accounts apply {typed}{named}"))


def _print_record(console: Console, kind: str, name: str, rows: list[Difference]) -> None:
    is_new = rows[0].found is None
    console.print(Text(f"{'+' if is_new else '~'} {kind} {name}", style="green" if is_new else "yellow"))
    for row in rows:
        before = "" if is_new else f"{readable(row.found)} → "
        console.print(Text(f"    {row.field:24}{before}{readable(row.wanted)}"))
