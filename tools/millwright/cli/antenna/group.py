"""``millwright antenna``: give remote users access to the factory, and prove that only they have it."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from millwright.antennas.bundle.imported import by_bundle, by_ssh, why_a_bundle_is_needed
from millwright.antennas.proof.check import check_antennas, plan_check
from millwright.antennas.proof.proofs import Proof, exit_code_of
from millwright.antennas.rollout.apply import apply_antennas, chosen_antennas
from millwright.app.antenna.factory_side import bring_up_factory_side
from millwright.cli.antenna import bundle as antenna_bundle
from millwright.cli.antenna import pin as antenna_pin
from millwright.cli.antenna import plan as antenna_plan
from millwright.cli.antenna import rotation as antenna_rotation
from millwright.cli.antenna import schedule as antenna_schedule
from millwright.cli.antenna import trust as antenna_trust
from millwright.cli.antenna import user as antenna_user
from millwright.cli.antenna.distribution import surrounded
from millwright.cli.antenna.user import AntennaName, FacilityName
from millwright.core.clock import utc_now
from millwright.core.errors import ExitCode
from millwright.core.places import checkout, facility_file, state_folder
from millwright.core.verdict import Verdict
from millwright.facility import Facility, load_facility

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Give antennas their access, and prove that only their users have it.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.NOT_MEASURED: "yellow"}


def _load(name: str) -> tuple[Path, Facility]:
    path = facility_file(name)
    return path, load_facility(path)


@app.command("list")
def list_antennas(name: FacilityName, as_json: AsJson = False) -> None:
    """List the antennas of a facility.

    Example: millwright antenna list rack --json
    """
    _, facility = _load(name)
    needs = _needed_bundles(facility)
    if as_json:
        rows = {
            key: antenna.model_dump(mode="json") | {"needs_bundle": needs.get(key)}
            for key, antenna in facility.antennas.items()
        }
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table("Antenna", "Gateway", "Tunnel", "Users", "Certificate (min)", "Title", box=None)
    for key, antenna in facility.antennas.items():
        tunnel = f"{antenna.tunnel.gateway_address} - {antenna.tunnel.factory_address}"
        users = ", ".join(user.name for user in antenna.users)
        cells = (key, antenna.gateway, tunnel, users, str(antenna.certificate_minutes), antenna.title)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)
    for key, why in needs.items():
        typer.echo(f"{key}: NEEDS A BUNDLE: {why}")


def _needed_bundles(facility: Facility) -> dict[str, str]:
    """Why gateways that take bundles need a new one, by what lies here; nothing is asked or written."""
    state = state_folder(facility.name)
    found = {
        key: why_a_bundle_is_needed(facility, key, state=state, root=checkout())
        for key in by_bundle(facility, facility.antennas)
    }
    return {key: why for key, why in found.items() if why is not None}


@app.command()
def apply(name: FacilityName, antenna: AntennaName = None) -> None:
    """Bring gateways and the factory's side of the tunnel to their described state.

    A gateway that is down delays no other; the exit code is 3 then. One that takes bundles
    (`reached_by: bundle`) is not tried: exit code 3 says that it needs a new one.

    Example: millwright antenna apply rack --antenna coast
    """
    path, facility = _load(name)
    names = chosen_antennas(facility, antenna)
    with surrounded(path, facility, bring_up_factory_side) as around:
        applied = apply_antennas(facility, names, around)
    for change in applied.gateways.changed:
        typer.echo(f"changed  {change}")
    gateways, factory = len(applied.gateways.changed), applied.factory_changes
    up = [each for each in by_ssh(facility, names) if each not in applied.unreached]
    told = [each for each in by_bundle(facility, names) if each not in applied.due]
    said = [f"{', '.join(up)}: tunnel up"] if up else []
    said += [f"{', '.join(told)}: as its last imported result says"] if told else []
    typer.echo("; ".join([*said, f"changed: {gateways} on gateways, {factory} at the factory"]))
    for each, reason in applied.unreached.items():
        typer.echo(f"{each}: NOT REACHED: {reason}", err=True)
    for each, reason in applied.due.items():
        typer.echo(f"{each}: NEEDS A BUNDLE: {reason}", err=True)
    if applied.unreached or applied.due:
        raise typer.Exit(ExitCode.NOT_TESTED)


@app.command()
def check(
    name: FacilityName,
    antenna: AntennaName = None,
    access_mode: Annotated[
        str | None, typer.Option(help="Access mode of the job; the account's own where left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that users reach the factory and run jobs, and that nobody else gets in.

    Exit code 1 where a proof fails, 3 where one could not be made.

    Example: millwright antenna check rack --json
    """
    _, facility = _load(name)
    names = chosen_antennas(facility, antenna)
    state, now = state_folder(facility.name), utc_now()
    given = plan_check(facility, state=state, now=now, access_mode=access_mode)
    console = Console()
    proofs: list[Proof] = []
    with Console(stderr=True).status("asking the gateways") as status:
        for proof in check_antennas(facility, names, given, status.update):
            proofs.append(proof)
            if not as_json:
                console.print(_line(proof), soft_wrap=True)
    proofs.sort(key=lambda proof: names.index(proof.antenna))
    if as_json:
        typer.echo(
            json.dumps({"facility": facility.name, "proofs": [proof.as_row() for proof in proofs]}, indent=2)
        )
    raise typer.Exit(exit_code_of(proofs))


def _line(proof: Proof) -> Text:
    line = Text(str(proof))
    line.stylize(STYLES[proof.outcome], 0, len(proof.outcome))
    return line


app.command()(antenna_plan.plan)
app.command()(antenna_pin.pin)
app.command()(antenna_user.config)
app.command()(antenna_user.certify)
app.command()(antenna_bundle.bundle)
app.command("import")(antenna_bundle.import_result)
app.command()(antenna_trust.revoke)
app.command("rotate-ca")(antenna_rotation.rotate_ca)
app.command()(antenna_trust.log)
app.command()(antenna_schedule.schedule)
