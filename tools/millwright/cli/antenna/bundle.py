"""``millwright antenna bundle`` and ``import``: a gateway that can't be reached applies itself."""

import datetime
import json
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from millwright.antennas.bundle.build import Order, Sources, make_bundle
from millwright.antennas.bundle.manifest import Manifest, Target
from millwright.antennas.bundle.result import Result, Sender, take_result
from millwright.antennas.bundle.wheels import gateway_wheels
from millwright.antennas.gateway.wireguard import publish_public_key
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.antennas.rollout.factory_side import run_factory_play
from millwright.antennas.ssh.host_keys import pinned_keys, resolve_target
from millwright.antennas.ssh.keys import fingerprint, public_half
from millwright.antennas.trust.prepared import write_trust
from millwright.app.signing import own_signing_key
from millwright.cli.antenna.user import FacilityName
from millwright.core.clock import utc_now
from millwright.core.errors import ExitCode
from millwright.core.places import cache_folder, checkout, facility_file, state_folder
from millwright.facility import Facility, load_facility

OneAntenna = Annotated[str, typer.Option("--antenna", "-a", help="The antenna.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def bundle(  # noqa: PLR0913, PLR0917 - each is a decision of the caller
    name: FacilityName,
    antenna: OneAntenna,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; <antenna>.bundle by default.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long it may be applied.")] = 7,
    python: Annotated[str, typer.Option(help="The gateway's Python.", metavar="3.N")] = "3.13",
    machine: Annotated[str, typer.Option(help="The gateway's machine type (uname -m).")] = "x86_64",
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs; your account's own by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a signed, self-contained apply for a gateway that can't be reached from outside.

    Example: millwright antenna bundle rack --antenna coast --output coast.bundle
    """
    path = facility_file(name)
    facility = load_facility(path)
    [chosen] = chosen_antennas(facility, antenna)
    now, state, key = utc_now(), state_folder(facility.name), sign_with or own_signing_key()
    target = _target(facility, chosen, python=python, machine=machine)
    with Console(stderr=True).status("starting") as status:
        write_trust(facility, path, [chosen], state=state, now=now)
        if not (state / "wireguard" / "factory.pub").exists():
            status.update("factory: making its key")
            run_factory_play(path, facility, state=state, now=now)
        status.update("fetching the gateway's Python packages")
        lock = (checkout() / "requirements.lock").read_text(encoding="utf-8")
        wheels = gateway_wheels(lock, cache=cache_folder(), python=python, machine=machine)
        order = Order(target, datetime.timedelta(days=days), secrets.token_hex(16), key)
        manifest, data = make_bundle(facility, order, Sources(state, checkout(), wheels), now=now)
    file = output or Path(f"{chosen}.bundle")
    file.write_bytes(data)
    _tell(file, manifest, fingerprint(public_half(key)), as_json=as_json)


def _target(facility: Facility, antenna: str, *, python: str, machine: str) -> Target:
    host = facility.antennas[antenna].gateway
    keys = pinned_keys(resolve_target(facility, host))
    return Target(facility.name, antenna, host, keys, python, machine)


def _tell(file: Path, manifest: Manifest, signer: str, *, as_json: bool) -> None:
    if as_json:
        document = {"file": str(file), "signer": signer, "manifest": json.loads(manifest.to_json())}
        typer.echo(json.dumps(document, indent=2))
        return
    name = file.name
    typer.echo(f"{file}: {file.stat().st_size / 2**20:.1f} MiB, serial {manifest.serial}")
    typer.echo(f"valid until {manifest.not_after.isoformat()}, for {manifest.target.gateway} alone")
    typer.echo(f"On the gateway, as root: millwright-gateway {name}")
    typer.echo(f"The first time there, with the fingerprint told by telephone ({signer}):")
    typer.echo(f"  tar -xf {name} apply_bundle.py apply_bundle.py.sig")
    typer.echo(
        "  ssh-keygen -Y check-novalidate -n millwright-bundle -s apply_bundle.py.sig < apply_bundle.py"
    )
    typer.echo(f"  python3 -I apply_bundle.py {name} --signer {signer}")


def import_result(
    name: FacilityName,
    file: Annotated[Path, typer.Argument(help="The file that the gateway's administrator sent back.")],
    antenna: OneAntenna,
    as_json: AsJson = False,
) -> None:
    """Verify and read what a gateway made of its bundle, then let it in at the factory.

    Exit code 1 where the apply failed there.

    Example: millwright antenna import rack coast.result --antenna coast
    """
    path = facility_file(name)
    facility = load_facility(path)
    [chosen] = chosen_antennas(facility, antenna)
    state = state_folder(facility.name)
    keys = pinned_keys(resolve_target(facility, facility.antennas[chosen].gateway))
    result = take_result(file, Sender(facility.name, chosen, keys), state=state)
    if result.is_good:
        publish_public_key(result.wireguard_public_key, state / "wireguard" / f"{chosen}.pub")
        with Console(stderr=True).status("factory: letting the gateway in"):
            changes = run_factory_play(path, facility, state=state, now=utc_now())
    else:
        changes = 0
    _show(result, changes, as_json=as_json)
    raise typer.Exit(ExitCode.OK if result.is_good else ExitCode.FAIL)


def _show(result: Result, factory_changes: int, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**result.model_dump(), "factory_changes": factory_changes}, indent=2))
        return
    for change in result.changed:
        typer.echo(f"changed  {result.gateway}: {change}")
    for step in result.failed:
        typer.echo(f"FAILED   {result.gateway}: {step}")
    for tool, version in result.versions.items():
        typer.echo(f"{tool}: {version}")
    counts = f"{len(result.changed)} of {result.operations} operations changed something"
    typer.echo(f"{result.antenna}: {counts}; changed at the factory: {factory_changes}")
