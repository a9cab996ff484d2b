"""``millwright accounts``: access modes, shares and grants in Slurm's accounting, and what was used."""

import datetime
import itertools
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from millwright.app.change.accounts import (
    AccountsReport,
    FieldDifference,
    apply_accounts,
    diff_accounts,
    plan_accounts,
)
from millwright.app.change.accounts_usage import accounts_usage
from millwright.cli.change.accounts_usage import print_usage
from millwright.cli.options import AsJson, FacilityName
from millwright.cli.output import console, context, print_json

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Keep access modes, shares, grants and users in Slurm's accounting as declared.\n\n"
    "Example: millwright accounts plan rack",
)

MOST_LISTED = 20
DAY = "%Y-%m-%d"

Delete = Annotated[
    list[str] | None,
    typer.Option(
        "--delete",
        help="Delete account=NAME, user=NAME, qos=NAME or association=USER/ACCOUNT; may be given again.",
    ),
]


@app.command()
def plan(facility: FacilityName, delete: Delete = None, as_json: AsJson = False) -> int:
    """Show what `accounts apply` would change; nothing is touched.

    Example: millwright accounts plan rack --delete account=tide
    """
    with context() as here:
        report = plan_accounts(here, facility, delete or ())
    return _print(report, facility, as_json=as_json, ending="would change")


@app.command()
def diff(facility: FacilityName, as_json: AsJson = False) -> int:
    """Show how slurmdbd differs from the facility; exits with 1 if it does, for schedules and CI.

    Example: millwright accounts diff rack
    """
    with context() as here:
        report = diff_accounts(here, facility)
    return _print(report, facility, as_json=as_json, ending="differ")


@app.command()
def apply(facility: FacilityName, delete: Delete = None, as_json: AsJson = False) -> int:
    """Bring slurmdbd to what the facility declares; nothing is deleted unless it is named.

    The same as: ansible-playbook -i inventories/rack/facility.yaml playbooks/accounts.yml

    Example: millwright accounts apply rack
    """
    with context() as here:
        report = apply_accounts(here, facility, delete or ())
    return _print(report, facility, as_json=as_json, ending="were changed")


@app.command()
def usage(
    facility: FacilityName,
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
) -> int:
    """Show hours granted, used and left by antenna and access mode, and the Union's part.

    Exits with 1 if the Union used more than the law allows, 3 if slurmdbd does not answer.

    Example: millwright accounts usage rack --from 2026-11-01 --csv
    """
    with context() as here:
        report, as_table = accounts_usage(here, facility, begin, end)
    if as_json:
        print_json(report)
    elif as_csv:
        typer.echo(as_table, nl=False)
    else:
        print_usage(report)
    return report.exit_code


def _print(report: AccountsReport, facility: str, *, as_json: bool, ending: str) -> int:
    if as_json:
        print_json(report)
    else:
        print_accounts(report, facility, ending)
    return report.exit_code


def print_accounts(report: AccountsReport, facility: str, ending: str) -> None:
    """Print each record that differs with its fields, then what stays as it is, then the sums.

    ``ending`` is the end of "records that …".
    """
    out = console()
    for (kind, name), rows in itertools.groupby(report.differences, key=lambda row: (row.kind, row.name)):
        _print_record(out, kind, name, list(rows))
    for loss in report.losses:
        out.print(Text(f"- {loss}", style="red"))
    for missing in report.not_there:
        out.print(Text(f"{missing} is not there: nothing to delete", style="yellow"))
    for kind, name in report.undeclared[:MOST_LISTED]:
        out.print(Text(f"not declared, stays as it is: {kind} {name}", style="dim"))
    if len(report.undeclared) > MOST_LISTED:
        rest = len(report.undeclared) - MOST_LISTED
        out.print(Text(f"not declared, stay as they are: {rest} more (--json lists all)", style="dim"))
    for grant in report.open_grants:
        text = f"still open, and no longer in the facility: account {grant.name} ({grant.text})"
        out.print(Text(text, style="yellow"))
        out.print(Text(f"    closed by name: {grant.close}"))
    out.print(Text(f"{facility}: {_sums(report, ending)}."))


def _sums(report: AccountsReport, ending: str) -> str:
    records = len({(row.kind, row.name) for row in report.differences})
    deleted = f", deletions: {len(report.losses)}" if report.losses else ""
    sums = f"records that {ending}: {records}{deleted}"
    if report.is_as_declared:
        sums = "slurmdbd holds what is declared"
    if report.open_grants:
        sums += f", grants still open that the facility no longer has: {len(report.open_grants)}"
    return sums


def _print_record(out: Console, kind: str, name: str, rows: Sequence[FieldDifference]) -> None:
    is_new = rows[0].is_new
    out.print(Text(f"{'+' if is_new else '~'} {kind} {name}", style="green" if is_new else "yellow"))
    for row in rows:
        out.print(Text(f"    {row.field:24}{row.transition}"))
