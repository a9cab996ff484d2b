"""``millwright image``: root file systems for nodes, built, listed and verified."""

import json
import os
import platform
import subprocess
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from millwright.adapters.openssh.signatures import check_signature, sign_file
from millwright.app.playbook_progress import PlaybookProgress
from millwright.app.signing import known_signers, own_signing_key
from millwright.cli.progress import LiveSteps, PlainSteps, shown
from millwright.core.clock import utc_now
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.places import as_typed, cache_folder, checkout, facility_file, state_folder
from millwright.facility import Facility, load_facility
from millwright.fleet.look.state_digest import declared_files, digest_of
from millwright.images.build import BUILDING, Surroundings, build
from millwright.images.manifest import read_summary
from millwright.images.needs import choose_format, find_missing, require
from millwright.images.recipe import (
    FORMATS,
    RELEASED_S,
    Format,
    ImageRecipe,
    architecture_of,
    release_of,
    stand_in,
)
from millwright.rack.apt_sources import PLAIN_URI, archive_proxy, debian_archive, read_sources
from millwright.results.manifest import MANIFEST
from millwright.results.verification import VerifyResult, verify_run

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Build root file systems for nodes, with the roles that apply runs.",
)

FacilityName = Annotated[str, typer.Argument(help="Name of a shipped facility, or path to a facility.yaml.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Folder of images. [~/.cache/millwright/node-images/FACILITY]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("build")
def build_(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    partition: Annotated[str, typer.Argument(help="Partition whose nodes will boot the image.")],
    *,
    output: Output = None,
    release: Annotated[str, typer.Option(help="Release of Debian. [of the facility, else trixie]")] = "",
    archive: Annotated[str, typer.Option(help="Debian archive. [that of this machine's apt]")] = "",
    kind: Annotated[
        str | None, typer.Option("--format", help="squashfs or tar.zst. [squashfs where mksquashfs is]")
    ] = None,
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Add a kernel and an initrd, for real hardware.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build the image of a partition's nodes: every role but what is a node's own.

    The same recipe gives the same image, which is built once.

    Example: millwright image build rack cpu --output images
    """
    file = facility_file(facility)
    described = load_facility(file)
    chosen = choose_format(_format(kind))
    recipe = _recipe(file, described, partition, release, archive, chosen, with_kernel=kernel)
    images = (output or _images(described)).absolute()
    if not (images / recipe.name / MANIFEST).exists():
        require(find_missing(chosen, images))
    with shown() as steps:
        place, is_new = build(recipe, _surroundings(file, described, images, recipe.archive, steps))
    if as_json:
        typer.echo(json.dumps({"folder": str(place), "built": is_new, **read_summary(place)}, indent=2))
    else:
        typer.echo(f"{place}\n" + ("Built." if is_new else "Already built; nothing was changed."))


def _format(kind: str | None) -> Format | None:
    for each in FORMATS:
        if kind == each:
            return each
    if kind is not None:
        raise BadInputError([Problem("--format", kind, "no such format", " or ".join(FORMATS))])
    return None


def _recipe(  # noqa: PLR0913, PLR0917 - what the command line says
    file: Path,
    facility: Facility,
    partition: str,
    release: str,
    archive: str,
    kind: Format,
    *,
    with_kernel: bool,
) -> ImageRecipe:
    node = stand_in(facility, partition)
    found = release_of(facility, release)
    architecture = architecture_of(facility, partition, platform.machine())
    if archive and not PLAIN_URI.fullmatch(archive):
        text = "not a plain http(s) address without a user name"
        raise BadInputError([Problem("--archive", archive, text, "for example http://deb.debian.org/debian")])
    return ImageRecipe(
        facility=facility.name,
        partition=partition,
        node=node,
        release=found,
        architecture=architecture,
        archive=archive.rstrip("/") or debian_archive(read_sources()),
        declared=digest_of(declared_files(file, checkout()), checkout()),
        source_date_epoch=_epoch(found),
        format=kind,
        with_kernel=with_kernel,
        keeps_archive=facility.kind != "virtual",
    )


def _epoch(release: str) -> int:
    """SOURCE_DATE_EPOCH of the caller, else the day on which the release appeared."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given and not given.isdigit():
        raise BadInputError([Problem("SOURCE_DATE_EPOCH", given, "not a number", "seconds since 1970")])
    return int(given) if given else RELEASED_S[release]


def _images(facility: Facility) -> Path:
    return cache_folder() / "node-images" / facility.name


def _surroundings(
    file: Path, facility: Facility, images: Path, archive: str, steps: LiveSteps | PlainSteps
) -> Surroundings:
    key = own_signing_key()
    return Surroundings(
        file=file,
        facility=facility,
        state=state_folder(facility.name),
        images=images,
        proxy=archive_proxy(_apt_config(), archive, os.environ),
        now=utc_now(),
        sign=partial(sign_file, key=key),
        progress=steps,
        on_event=PlaybookProgress(steps),
    )


def _apt_config() -> str:
    try:
        return subprocess.run(["apt-config", "dump"], check=False, capture_output=True, text=True).stdout
    except OSError:
        return ""


@app.command("list")
def list_(facility: FacilityName, output: Output = None, as_json: AsJson = False) -> None:
    """List the images of a facility that were built here.

    Example: millwright image list rack
    """
    file = facility_file(facility)
    described = load_facility(file)
    images = output or _images(described)
    folders = sorted(
        path.parent for path in images.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(BUILDING)
    )
    found = [{"folder": str(folder), **read_summary(folder)} for folder in folders]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for each in found:
        typer.echo(f"{each['folder']}  {each['operating_system']}")
    if not found:
        hint = f"millwright image build {as_typed(file)} PARTITION"
        typer.echo(f"No image of {described.name} in {images}; {hint}")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of one image.")],
    allowed_signers: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="OpenSSH file of who may sign.")
    ] = None,
    require_signature: Annotated[
        bool, typer.Option("--require-signature", help="Fail for an image that no allowed signer signed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show any change to an image since it was built, and who signed it.

    Example: millwright image verify images/cpu-trixie-0123456789abcdef
    """
    read_summary(folder)
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    result = verify_run(folder, checker)
    is_good = result.is_trustworthy and (result.signature.state == "good" or not require_signature)
    if as_json:
        typer.echo(json.dumps({**asdict(result), "ok": is_good}, indent=2))
    else:
        _print(result)
    if not is_good:
        raise FailedError(f"the image {folder} can't be trusted; build it again")


def _print(result: VerifyResult) -> None:
    for line in result.describe():
        typer.echo(line.replace("since the run was stored", "since the image was built"))
    signature = result.signature
    typer.echo(f"{result.run_id}: {result.files} files, signature: {signature.state}, {signature.detail}")
