"""``millwright image``: root file systems for nodes, built, listed and verified."""

from pathlib import Path
from typing import Annotated

import typer

from millwright.app.site.image import (
    BuildRequest,
    build_image,
    list_built_images,
    verify_built_image,
)
from millwright.cli.options import AllowedSigners, AsJson, FacilityName
from millwright.cli.output import context, print_json, print_lines
from millwright.core.errors import FailedError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Build root file systems for nodes, with the roles that apply runs.\n\n"
    "Example: millwright image list rack",
)

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Folder of images. [~/.cache/millwright/node-images/FACILITY]"),
]


@app.command("build")
def build_(  # noqa: PLR0913 - the options of a command line
    facility: FacilityName,
    partition: Annotated[
        str, typer.Argument(help="Partition whose nodes will boot the image.", show_default=False)
    ],
    *,
    output: Output = None,
    release: Annotated[str, typer.Option(help="Release of Debian. [of the facility, else trixie]")] = "",
    archive: Annotated[str, typer.Option(help="Debian archive. [that of this machine's apt]")] = "",
    kind: Annotated[
        str, typer.Option("--format", help="squashfs or tar.zst. [squashfs if mksquashfs is installed]")
    ] = "",
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Add a kernel and an initrd, for real hardware.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Build the image of a partition's nodes: every role but what is a node's own.

    The same recipe gives the same image, which is built once.

    Example: millwright image build rack cpu --output images
    """
    request = BuildRequest(facility, partition, output, release, archive, kind, kernel)
    with context() as here:
        found = build_image(here, request)
    if as_json:
        print_json(found)
    else:
        print_lines([found.folder, "Built." if found.built else "Already built; nothing was changed."])


@app.command("list")
def list_(facility: FacilityName, output: Output = None, as_json: AsJson = False) -> None:
    """List the images of a facility that were built here.

    Example: millwright image list rack
    """
    found = list_built_images(facility, output)
    if as_json:
        print_json(found)
        return
    print_lines(f"{image.folder}  {image.operating_system}" for image in found.images)
    if not found.images:
        typer.echo(f"No image of {found.facility} in {found.images_folder}; {found.build_hint}")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="Folder of one image.", show_default=False)],
    allowed_signers: AllowedSigners = None,
    require_signature: Annotated[
        bool, typer.Option("--require-signature", help="Fail for an image that no allowed signer signed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show any change to an image since it was built, and who signed it.

    Example: millwright image verify images/cpu-trixie-0123456789abcdef
    """
    found = verify_built_image(folder, allowed_signers, require_signature=require_signature)
    if as_json:
        print_json(found)
    else:
        print_lines(found.differences)
        signature = f"signature: {found.signature.state}, {found.signature.detail}"
        typer.echo(f"{found.name}: {found.files} files, {signature}")
    if not found.ok:
        raise FailedError(f"the image {folder} can't be trusted; build it again", code="MW7510")
