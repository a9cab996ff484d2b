"""What this machine must have to build an image, and what of it is missing."""

import os
import platform
import shutil
from pathlib import Path

from millwright.core.errors import NotTestableError
from millwright.core.process import find_program
from millwright.core.programs import Need, host_programs, package_of
from millwright.images.recipe import Format
from millwright.rack.image import KEYRING
from millwright.rack.requirements import KEYRING_PACKAGE

PACKERS: dict[Format, tuple[str, ...]] = {"squashfs": ("mksquashfs",), "tar.zst": ("tar", "zstd")}
PROGRAMS = tuple(
    program.name
    for program in host_programs(Need.IMAGE)
    if not program.is_file and program.name not in PACKERS["tar.zst"]
)
BUILD_MIB = 4000


def choose_format(asked: Format | None) -> Format:
    """The format asked for, else squashfs where this machine can make it."""
    if asked:
        return asked
    return "squashfs" if find_program("mksquashfs") else "tar.zst"


def find_missing(kind: Format, place: Path) -> tuple[str, ...]:
    """Everything that keeps an image from being built here."""
    if platform.system() != "Linux":
        return (f"Linux (this is {platform.system()})",)
    absent = [name for name in (*PROGRAMS, *PACKERS[kind]) if find_program(name) is None]
    found = [] if os.geteuid() == 0 else ["root, since the files of an image belong to many users (sudo)"]
    if absent:
        packages = " ".join(sorted({package_of(name) for name in absent}))
        found.append(f"{', '.join(absent)} (apt-get install {packages})")
    if not KEYRING.exists():
        found.append(f"{KEYRING} (apt-get install {KEYRING_PACKAGE})")
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    free_mib = shutil.disk_usage(existing).free // 2**20
    if free_mib < BUILD_MIB:
        found.append(f"{BUILD_MIB} MiB of free disk space in {place} ({free_mib} MiB are free)")
    return tuple(found)


def require(missing: tuple[str, ...]) -> None:
    """Raise one sentence that names everything missing."""
    if missing:
        raise NotTestableError(
            f"No image can be built on this machine, which lacks: {'; '.join(missing)}.", code="MW7501"
        )
