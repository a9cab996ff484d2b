"""The root image that all nodes share: built once, whole or not at all."""

import shlex
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from millwright.core.errors import FailedError
from millwright.core.process import follow
from millwright.rack.files import make_folder
from millwright.rack.lock import exclusive
from millwright.rack.mounts import now_below
from millwright.rack.processes import argv_of
from millwright.rack.recipe import PYTHONS, Recipe

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
BUILDING = ".building-"
BUILD_WAIT_S = 900.0


def images_folder(cache: Path) -> Path:
    """Where images are kept."""
    return cache / "images"


def image_root(cache: Path, recipe: Recipe) -> Path:
    """Where the image of a recipe lies once it is built."""
    return images_folder(cache) / recipe.digest()


# The tree is mounted over itself by an overlay that never waits for the disk: a build that does not end
# well is thrown away as a whole. A file system that can't hold one is written to as it is.
WITHOUT_SYNC = """\
mkdir -p "$0" "$0.work/work" "$0.work/empty"
layers="lowerdir=$0.work/empty,upperdir=$0,workdir=$0.work/work"
mount -t overlay overlay -o "volatile,$layers" "$0" || true
exec "$@"
"""


def build_argv(recipe: Recipe, target: Path, archive: str, launcher: Sequence[str] = ()) -> list[str]:
    """Arguments that build the image; its mounts are private, so that they end with the build.

    ``launcher`` goes before the builder, within its private mounts.
    """
    return [
        *("unshare", "--mount", "--propagation=private", *launcher),
        *("mmdebstrap", "--mode=root", "--format=directory"),
        *("--variant=minbase", "--skip=check/qemu", f"--keyring={KEYRING}"),
        f"--include={','.join(recipe.packages)}",
        *([f"--essential-hook={_configure_dpkg(recipe.dpkg_options)}"] if recipe.dpkg_options else []),
        *(f"--customize-hook={line}" for line in recipe.customisation),
        recipe.release,
        str(target),
        f"deb [signed-by={KEYRING}] {archive} {recipe.release} {recipe.components}",
    ]


def _configure_dpkg(options: Sequence[str]) -> str:
    """Once dpkg is there: given to mmdebstrap, each essential package would go through a slow filter."""
    return f"printf '%s\\n' {shlex.join(options)} > \"$1\"/etc/dpkg/dpkg.cfg.d/90rack"


def build_image(
    recipe: Recipe,
    cache: Path,
    archive: str,
    report: Callable[[str], None],
    pen: AbstractContextManager[Sequence[str]],
) -> Path:
    """Return the image of a recipe, building it if it is not there.

    ``pen`` gives arguments that go before the program that builds, and when it is left, nothing
    of that program runs any more. Raises :exc:`FailedError` with the end of
    its output; nothing half built is ever used.
    """
    root = image_root(cache, recipe)
    folder = make_folder(images_folder(cache), mode=0o755)
    with exclusive(folder / "lock", report, BUILD_WAIT_S):
        if root.exists():
            remove_old_images(folder, root)
            return root
        for leftover in folder.glob(f"{BUILDING}*"):
            remove_tree(leftover)
        building = folder / f"{BUILDING}{recipe.digest()}"
        try:
            with pen as launcher:
                without_sync = ["sh", "-c", WITHOUT_SYNC, str(building)]
                argv = [*launcher, *build_argv(recipe, building, archive, without_sync)]
                follow(argv, lambda line: report(readable(line)))
            building.rename(root)
        finally:
            remove_tree(building)
            remove_tree(building.with_name(f"{building.name}.work"))
        remove_old_images(folder, root)
    return root


def readable(line: str) -> str:
    """A line of mmdebstrap as a user wants to see it.

    >>> readable("I: extracting archives...")
    'extracting archives...'
    """
    text = line.removeprefix("I: ")
    return "customising" if text.startswith("running --customize-hook") else text


def remove_tree(path: Path) -> None:
    """Delete a tree; refused while something is mounted in it, because that would be deleted too."""
    if not path.exists():
        return
    mounted = ", ".join(str(point) for point in now_below(path))
    if mounted:
        raise FailedError(
            f"{path} can't be removed while {mounted} is mounted; unmount it first", code="MW7026"
        )
    shutil.rmtree(path)


def _used_paths() -> set[str]:
    pids = (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    arguments = (argument for pid in pids for argument in argv_of(pid))
    return {a.removeprefix("--directory=") for a in arguments if a.startswith("--directory=")}


def remove_old_images(folder: Path, current: Path) -> None:
    """Delete images of earlier recipes of a release that no running node uses."""
    used = _used_paths()
    for path in folder.iterdir():
        other = path.name.partition("-")[0] in set(PYTHONS) - {current.name.partition("-")[0]}
        if path != current and path.is_dir() and not other and str(path) not in used:
            remove_tree(path)
            path.with_name(f".#{path.name}.lck").unlink(missing_ok=True)  # systemd-nspawn's own lock
