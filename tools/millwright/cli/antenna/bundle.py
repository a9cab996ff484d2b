"""``millwright antenna bundle`` and ``import``."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from millwright.app.antenna import bundle as application
from millwright.app.antenna.bundle import AntennaBundle, BundleRequest, ImportedBundleResult
from millwright.cli.options import AsJson, FacilityName, OneAntenna
from millwright.cli.output import context, print_json, print_lines


def bundle(  # noqa: PLR0913, PLR0917 - each is a decision of the caller
    facility: FacilityName,
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
    lifetime = datetime.timedelta(days=days)
    request = BundleRequest(facility, antenna, output, lifetime, python, machine, sign_with)
    with context() as here:
        outcome = application.bundle(here, request)
    if as_json:
        print_json(outcome)
    else:
        print_lines(bundle_lines(outcome))


def bundle_lines(outcome: AntennaBundle) -> Iterator[str]:
    """The bundle, and the commands that apply it on the gateway."""
    name, manifest = Path(outcome.file).name, outcome.manifest
    yield f"{outcome.file}: {outcome.size_bytes / 2**20:.1f} MiB, serial {manifest.serial}"
    yield f"valid until {manifest.not_after.isoformat()}, for {manifest.gateway} alone"
    yield f"On the gateway, as root: millwright-gateway {name}"
    yield f"The first time there, with the fingerprint confirmed by telephone ({outcome.signer}):"
    yield f"  tar -xf {name} apply_bundle.py apply_bundle.py.sig"
    yield "  ssh-keygen -Y check-novalidate -n millwright-bundle -s apply_bundle.py.sig < apply_bundle.py"
    yield f"  python3 -I apply_bundle.py {name} --signer {outcome.signer}"


def import_result(
    facility: FacilityName,
    file: Annotated[Path, typer.Argument(help="The file that the gateway's administrator sent back.")],
    antenna: OneAntenna,
    as_json: AsJson = False,
) -> int:
    """Verify and read what a gateway made of its bundle, then let it in at the factory.

    Exit code 1 if the apply failed there.

    Example: millwright antenna import rack coast.result --antenna coast
    """
    with context() as here:
        outcome = application.import_result(here, facility, antenna, file)
    if as_json:
        print_json(outcome)
    else:
        print_lines(result_lines(outcome))
    return outcome.exit_code


def result_lines(outcome: ImportedBundleResult) -> Iterator[str]:
    """What the apply changed on the gateway, and at the factory."""
    for change in outcome.changed:
        yield f"changed  {outcome.gateway}: {change}"
    for step in outcome.failed:
        yield f"FAILED   {outcome.gateway}: {step}"
    for tool, version in outcome.versions.items():
        yield f"{tool}: {version}"
    counts = f"{len(outcome.changed)} of {outcome.operations} operations changed something"
    yield f"{outcome.antenna}: {counts}; changed at the factory: {outcome.factory_changes}"
