"""Build the image of a partition: whole or not at all."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from millwright import __version__
from millwright.adapters.ansible.events import Event
from millwright.adapters.ansible.inventory import AnsibleInventory, build_inventory
from millwright.adapters.here.facility_lock import only_one
from millwright.adapters.here.provenance import git_commit, wheel_version
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.places import product_root
from millwright.core.process import follow, output_of
from millwright.core.progress import Progress
from millwright.facility.model import Facility
from millwright.images.cleaning import clean, set_back
from millwright.images.first_boot import left_for
from millwright.images.manifest import (
    FILE,
    Manifest,
    describe_files,
    parse_os_release,
    parse_packages,
    write_manifest,
)
from millwright.images.packing import copy_kernel, pack_argv
from millwright.images.provision import provision
from millwright.images.recipe import ImageRecipe
from millwright.images.secrets import find_secrets, secrets_of
from millwright.images.tree import opened
from millwright.rack.cgroups import Cgroup, Hierarchies, cgroup_of, find_hierarchies
from millwright.rack.down import end_member
from millwright.rack.files import make_folder
from millwright.rack.image import build_argv, readable, remove_tree
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.node import launcher
from millwright.results.manifest import MANIFEST, sum_file, write_sums

BUILDING = ".building-"
LOCK = "image.lock"
END_S = 2.0


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The context of one build: nothing of it is taken from the machine by itself."""

    file: Path
    facility: Facility
    state: Path
    """The facility's folder for what does not belong in git."""
    images: Path
    """Folder of the facility's images."""
    proxy: str | None
    now: datetime
    sign: Callable[[Path], None]
    progress: Progress
    on_event: Callable[[Event], None]


def build(recipe: ImageRecipe, around: BuildContext) -> tuple[Path, bool]:
    """Return the folder of an image, and whether it was built now.

    Raises :exc:`FailedError` with what went wrong; then nothing of it is left, runs or is mounted.
    """
    with only_one(around.state, f"the image of {around.facility.name}", around.now, LOCK) as lock:
        place = around.images / recipe.name
        if (place / MANIFEST).exists():
            return place, False
        group = _group(around.facility.name)
        make_folder(around.images, mode=0o755)
        with _building(around.images, group) as folder:
            _fill(recipe, around, folder, group, lock)
            (folder / "out").rename(place)
    return place, True


def _hierarchies() -> Hierarchies:
    found = find_hierarchies(MOUNTINFO.read_text())
    if found is None:
        raise NotTestableError(
            "No image can be built on this machine, which lacks: a mounted cgroup v2 hierarchy.",
            code="MW7501",
        )
    return found


def _group(facility: str) -> Cgroup:
    """Where everything runs that builds, so that no crash can leave any of it running."""
    return cgroup_of(_hierarchies(), f"image-of-{facility}")


@contextmanager
def _building(images: Path, group: Cgroup) -> Iterator[Path]:
    """A folder for one build, after what an earlier one left; both go when it ends."""
    end_member(group, END_S)
    for leftover in images.glob(f"{BUILDING}*"):
        remove_tree(leftover)
    folder = make_folder(images / f"{BUILDING}{os.getpid()}")
    try:
        for name in ("keys", "out"):
            make_folder(folder / name, mode=0o700 if name == "keys" else 0o755)
        yield folder
    finally:
        end_member(group, END_S)
        remove_tree(folder)


def _fill(recipe: ImageRecipe, around: BuildContext, folder: Path, group: Cgroup, lock: int) -> None:
    tree, out, steps = folder / "tree", folder / "out", around.progress
    _bootstrap(recipe, around, tree, group)
    inventory = build_inventory(around.facility, around.file)
    before_s = time.time()
    with opened(tree, folder / "keys", recipe.node, group, _hierarchies(), around.proxy) as entrance:
        provision(
            *(around.file, inventory, recipe.node, entrance.ssh_config),
            state=around.state,
            lock=lock,
            now=around.now,
            on_event=around.on_event,
        )
    steps.step("clean", "identity, logs and caches")
    own = clean(tree, recipe.node, before_s - 1, archive_stays=recipe.keeps_archive)
    refuse_secrets(tree, around.state)
    set_back(tree, recipe.source_date_epoch)
    steps.done("clean", "no identity and no secret is left")
    kernel = copy_kernel(tree, out) if recipe.with_kernel else {}
    _pack(recipe, around, tree, out, group)
    manifest = _describe(recipe, inventory, tree, out, own, kernel)
    _seal(out, manifest, around.sign)


def _bootstrap(recipe: ImageRecipe, around: BuildContext, tree: Path, group: Cgroup) -> None:
    steps = around.progress
    steps.step("system", f"Debian {recipe.release} from {recipe.archive}")
    proxy = {"http_proxy": around.proxy, "https_proxy": around.proxy} if around.proxy else {}
    argv = build_argv(recipe.bootstrap(), tree, recipe.archive)
    extra = {"SOURCE_DATE_EPOCH": str(recipe.source_date_epoch), **proxy}
    _run_in(group, argv, lambda line: steps.step("system", readable(line)), extra)
    steps.done("system", f"Debian {recipe.release}")


def _run_in(group: Cgroup, argv: list[str], report: Callable[[str], None], extra: dict[str, str]) -> None:
    group.make()
    try:
        follow([*launcher(group), *argv], report, extra)
    finally:
        end_member(group, END_S)


def refuse_secrets(tree: Path, state: Path) -> None:
    """Raise :exc:`FailedError` with every file of the tree that holds a secret of the facility."""
    found = find_secrets(tree, secrets_of(state))
    if found:
        listed = "\n".join(found)
        raise FailedError(
            f"the image would give secrets away, so it was thrown away:\n{listed}", code="MW7502"
        )


def _pack(recipe: ImageRecipe, around: BuildContext, tree: Path, out: Path, group: Cgroup) -> None:
    target = out / f"rootfs.{recipe.format}"
    epoch = {"SOURCE_DATE_EPOCH": str(recipe.source_date_epoch)}
    argv = pack_argv(tree, target, recipe.format, recipe.source_date_epoch)
    around.progress.step("pack", target.name)
    _run_in(group, argv, lambda line: around.progress.step("pack", line or target.name), epoch)
    around.progress.done("pack", f"{target.name}, {target.stat().st_size / 2**20:.0f} MiB")


def _origin(root: Path) -> Iterator[str]:
    """The commit of a checkout, or the digest of an installed package, if either is known."""
    if commit := git_commit(root):
        yield commit
    yield from wheel_version(root).values()


def _describe(  # noqa: PLR0913, PLR0917 - everything that a manifest tells
    recipe: ImageRecipe,
    inventory: AnsibleInventory,
    tree: Path,
    out: Path,
    own: tuple[str, ...],
    kernel: dict[str, str],
) -> Manifest:
    shown = output_of(["dpkg-query", f"--admindir={tree / 'var/lib/dpkg'}", "--show"])
    groups = {group for group, hosts in inventory.groups.items() if recipe.node in hosts}
    return Manifest(
        name=recipe.name,
        recipe=recipe,
        millwright=" ".join([__version__, *_origin(product_root())]),
        operating_system=parse_os_release((tree / "usr/lib/os-release").read_text(encoding="utf-8")),
        packages=parse_packages(shown),
        files=describe_files(out),
        first_boot=left_for(groups),
        files_of_a_node=own,
        kernel=kernel,
    )


def _seal(out: Path, manifest: Manifest, sign: Callable[[Path], None]) -> None:
    (out / FILE).write_text(write_manifest(manifest), encoding="utf-8")
    sums = {path.name: sum_file(path) for path in out.iterdir()}
    (out / MANIFEST).write_text(write_sums(sums), encoding="utf-8")
    sign(out / MANIFEST)
    for path in out.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
