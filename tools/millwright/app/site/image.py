"""``millwright image``: root file systems for nodes, built, listed and verified."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from millwright.adapters.openssh.signatures import check_signature, sign_file
from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.playbook_progress import PlaybookProgress
from millwright.app.signing import known_signers, own_signing_key
from millwright.core.errors import ExitCode
from millwright.core.places import as_typed, cache_folder, facility_file, product_root, state_folder
from millwright.facility import Facility, load_facility
from millwright.fleet.look.state_digest import declared_files, digest_of
from millwright.images.build import BuildContext, build
from millwright.images.manifest import read_summary
from millwright.images.needs import find_missing, require
from millwright.images.planning import ImageRequest, plan_image
from millwright.images.stored import list_images, verify_image
from millwright.rack.apt_sources import proxy_here
from millwright.results.manifest import MANIFEST


class Image(Part):
    """One image, as its ``manifest.json`` describes it."""

    folder: str
    name: str
    recipe: dict[str, Any]
    """Every input of the build."""
    packages: dict[str, str]
    """Version of each package."""
    files: tuple[dict[str, Any], ...]
    """Name, size in bytes and SHA-256 of each file."""
    first_boot: tuple[dict[str, Any], ...]
    """Steps of the roles that a node still needs."""
    millwright: str
    """Version and commit that built it."""
    operating_system: str


class _Built(Document):
    format: Literal["millwright-image-build/1"] = "millwright-image-build/1"
    built: bool
    """False if the same recipe had been built before."""


class ImageBuilt(Image, _Built):
    """The image of a partition."""


class ImageList(Document):
    """The images of a facility that were built here."""

    format: Literal["millwright-image-list/1"] = "millwright-image-list/1"
    facility: str
    images_folder: str
    images: tuple[Image, ...]
    build_hint: str
    """Command that builds one."""


class ImageSignature(Part):
    """The signature of the manifest."""

    state: str
    """good, unknown signer, bad, unsigned or not checked."""
    detail: str


class ImageVerification(Document):
    """An image compared with its manifest."""

    format: Literal["millwright-image-verify/1"] = "millwright-image-verify/1"
    ok: bool
    name: str
    files: int
    """Files that the manifest lists."""
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    malformed: tuple[str, ...]
    """Lines of the manifest that are no sums, or the manifest's own absence."""
    differences: tuple[str, ...]
    """All of the above in words, and a bad signature."""
    signature: ImageSignature

    @property
    def exit_code(self) -> ExitCode:
        """1 for an image that can't be trusted."""
        return ExitCode.OK if self.ok else ExitCode.FAIL


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """The image to build and where it is kept."""

    facility: str
    partition: str
    output: Path | None = None
    """Folder of images; None for the cache."""
    release: str = ""
    """Release of Debian; that of the facility if empty, else trixie."""
    archive: str = ""
    """URL of a Debian archive; that of this machine's apt if empty."""
    format: str = ""
    """``squashfs`` or ``tar.zst``; the first that can be made here if empty."""
    with_kernel: bool = False


def build_image(context: Context, request: BuildRequest) -> ImageBuilt:
    """Build the image of a partition's nodes, once for each recipe.

    Raises :exc:`BadInputError` before anything is done, :exc:`NotTestableError` if this machine lacks
    something, and :exc:`FailedError` if the build fails; then nothing of it is left.
    """
    file = facility_file(request.facility)
    facility = load_facility(file)
    declared = digest_of(declared_files(file, product_root()), product_root())
    choices = ImageRequest(
        request.partition, request.release, request.archive, request.format, request.with_kernel
    )
    recipe = plan_image(facility, choices, declared, os.environ)
    images = (request.output or images_folder(facility)).absolute()
    if not (images / recipe.name / MANIFEST).exists():
        require(find_missing(recipe.format, images))
    around = BuildContext(
        file=file,
        facility=facility,
        state=state_folder(facility.name),
        images=images,
        proxy=proxy_here(recipe.archive, os.environ),
        now=context.now(),
        sign=partial(sign_file, key=own_signing_key()),
        progress=context.progress,
        on_event=PlaybookProgress(context.progress),
    )
    folder, is_new = build(recipe, around)
    return ImageBuilt.model_validate({"built": is_new, "folder": str(folder), **read_summary(folder)})


def list_built_images(facility: str, output: Path | None = None) -> ImageList:
    """The images of a facility below ``output``, by default in the cache."""
    file = facility_file(facility)
    described = load_facility(file)
    images = output or images_folder(described)
    return ImageList(
        facility=described.name,
        images_folder=str(images),
        images=tuple(
            Image.model_validate({"folder": str(folder), **read_summary(folder)})
            for folder in list_images(images)
        ),
        build_hint=f"millwright image build {as_typed(file)} PARTITION",
    )


def verify_built_image(
    folder: Path, allowed_signers: Path | None = None, *, require_signature: bool = False
) -> ImageVerification:
    """Show any change to an image since it was built; raises :exc:`BadInputError` for another folder."""
    checker = partial(check_signature, allowed_signers=known_signers(allowed_signers))
    result = verify_image(folder, checker)
    return ImageVerification(
        ok=result.is_trustworthy and (result.signature.state == "good" or not require_signature),
        name=result.name,
        files=result.files,
        changed=result.changed,
        missing=result.missing,
        extra=result.extra,
        malformed=result.malformed,
        differences=result.describe(),
        signature=ImageSignature(state=result.signature.state, detail=result.signature.detail),
    )


def images_folder(facility: Facility) -> Path:
    """The folder of a facility's images in the cache."""
    return cache_folder() / "node-images" / facility.name
