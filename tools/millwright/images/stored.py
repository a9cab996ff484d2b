"""Images that were built here: list them, and verify one."""

from pathlib import Path

from millwright.images.build import BUILDING
from millwright.images.manifest import read_summary
from millwright.results.manifest import MANIFEST
from millwright.results.verification import Sealed, SignatureChecker, VerifyResult, verify_sealed

IMAGE = Sealed("image", "the image was built")


def list_images(images: Path) -> tuple[Path, ...]:
    """Folders of complete images, by name."""
    found = (path.parent for path in images.glob(f"*/{MANIFEST}"))
    return tuple(sorted(folder for folder in found if not folder.name.startswith(BUILDING)))


def verify_image(folder: Path, check_signature: SignatureChecker) -> VerifyResult:
    """Compare an image with its manifest; raises :exc:`BadInputError` for a folder that is no image."""
    read_summary(folder)
    return verify_sealed(folder, check_signature, IMAGE)
