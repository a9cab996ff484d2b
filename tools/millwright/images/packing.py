"""Pack a tree so that equal trees give equal files."""

import shutil
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.images.recipe import Format

LEVEL = 10


def pack_argv(tree: Path, target: Path, kind: Format, epoch_s: int) -> list[str]:
    """Arguments that pack a tree; the times of files are in the tree, sorted names and the epoch here."""
    if kind == "squashfs":
        options = (
            "-noappend",
            "-no-progress",
            "-quiet",
            "-comp",
            "zstd",
            "-Xcompression-level",
            str(LEVEL),
            "-xattrs",
        )
        return ["mksquashfs", str(tree), str(target), *options]
    return [
        *("tar", "--create", "--sort=name", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls"),
        *("--format=posix", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"),
        f"--mtime=@{epoch_s}",
        "--clamp-mtime",
        f"--use-compress-program=zstd -T0 -{LEVEL}",
        f"--file={target}",
        f"--directory={tree}",
        ".",
    ]


def copy_kernel(tree: Path, folder: Path) -> dict[str, str]:
    """Copy the newest kernel and its initrd out of a tree; the version by which the kernel calls itself."""
    kernels = sorted((tree / "boot").glob("vmlinuz-*"), key=lambda path: _numbers(path.name))
    if not kernels:
        raise FailedError("the image has no kernel in /boot, although one was asked for", code="MW7504")
    version = kernels[-1].name.removeprefix("vmlinuz-")
    initrd = tree / "boot" / f"initrd.img-{version}"
    if not initrd.exists():
        raise FailedError(f"the image has no initrd for its kernel {version}", code="MW7505")
    shutil.copyfile(kernels[-1], folder / "kernel")
    shutil.copyfile(initrd, folder / "initrd")
    return {"version": version}


def _numbers(name: str) -> list[int]:
    digits = "".join(each if each.isdigit() else " " for each in name)
    return [int(number) for number in digits.split()]
