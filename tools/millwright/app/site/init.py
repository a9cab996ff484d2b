"""``millwright init``: start a site's repository, or add what one lacks; no file that is there is changed."""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from millwright.app.document import Document
from millwright.app.site.site_files import LINK, Files, facility_path, site_files
from millwright.checks.registry import checks_for
from millwright.core.errors import BadInputError, Problem
from millwright.core.places import shipped_facilities
from millwright.facility.load import load_facility
from millwright.verdicts.expectations import find_commitment_problems

NAME_PATTERN = re.compile(r"[a-z][a-z0-9-]{0,31}")
GIT = ".git"
STAGING = ".millwright-init-"
"""How the name of the folder begins in which a repository is prepared; one that was killed leaves its own."""


@dataclass(frozen=True, slots=True)
class InitRequest:
    """What a site's repository is to be."""

    folder: Path
    name: str = ""
    """Name of the facility; by default the one that is described there, else the folder's."""
    described: Path | None = None
    """A facility file to begin with."""
    adds: bool = False
    """Whether a folder that holds other files may be added to."""


class Started(Document):
    """What was done; paths are below the folder."""

    format: Literal["millwright-init/1"] = "millwright-init/1"
    folder: str
    name: str
    """Name of the facility."""
    created: tuple[str, ...]
    kept: tuple[str, ...]
    """Files that are there with other contents than this version would have written."""


def start_site(request: InitRequest, *, product: Path, version: str) -> Started:
    """Make the repository whole, or add the files that it lacks.

    Raises :exc:`BadInputError` with every problem; then nothing was written.
    """
    folder = Path(os.path.abspath(request.folder))  # noqa: PTH100 - a link to the folder stays what it is
    text, name = _described(request, folder)
    config = (product / "ansible.cfg").read_text(encoding="utf-8")
    files = site_files(name, version=version, ansible_config=config, facility=text)
    if problems := [*_refusals(folder, adds=request.adds), *_obstacles(folder, files)]:
        raise BadInputError(problems)
    around = folder if folder.exists() else folder.parent
    around.mkdir(parents=True, exist_ok=True)
    with _private_folder(around) as private:
        staging = private / folder.name
        _write(staging, files)
        _check(staging / facility_path(name), shown=request.described)
        started = _place(staging, folder, name, files, product)
        _remove_leftovers(around)
    return started


@contextmanager
def _private_folder(around: Path) -> Iterator[Path]:
    """A new folder in `around` that is locked while the block runs and removed at its end."""
    private = Path(tempfile.mkdtemp(dir=around, prefix=STAGING))
    lock = os.open(private, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield private
    finally:
        shutil.rmtree(private, ignore_errors=True)
        os.close(lock)


def _remove_leftovers(around: Path) -> None:
    """Remove what killed runs left; the folder of a run that still works is locked, and stays."""
    for left in around.glob(f"{STAGING}*"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def _described(request: InitRequest, folder: Path) -> tuple[str | None, str]:
    """The description to begin with, if one was given, and the name of the facility."""
    if request.described is not None:
        facility = load_facility(request.described)
        if request.name and request.name != facility.name:
            expected = f"{facility.name}, as {request.described} says, or another name in that file"
            raise BadInputError(
                [Problem("--name", request.name, "two names for one facility", expected, code="MW2301")]
            )
        _refuse_name(facility.name, str(request.described), folder)
        return request.described.read_text(encoding="utf-8"), facility.name
    name = request.name or _name_of(folder)
    _refuse_name(name, "--name", folder)
    return None, name


def _name_of(folder: Path) -> str:
    there = sorted(path.parent.name for path in folder.glob("inventories/*/facility.yaml"))
    if not there or folder.name in there:
        return folder.name
    if len(there) > 1:
        expected = f"--name with one of {', '.join(there)}, or with a further one"
        raise BadInputError(
            [Problem(str(folder), "-", "describes several facilities", expected, code="MW2302")]
        )
    return there[0]


def _refuse_name(name: str, source: str, folder: Path) -> None:
    if not NAME_PATTERN.fullmatch(name):
        expected = "lower-case letters, digits and dashes, a letter first, at most 32: --name gives one"
        raise BadInputError(
            [Problem(source, name, "can't be the name of a facility", expected, code="MW2303")]
        )
    if name in shipped_facilities() and not (folder / facility_path(name)).exists():
        expected = "another name: keys and journals are kept by the facility's name"
        raise BadInputError(
            [Problem(source, name, "is the name of a shipped facility", expected, code="MW2304")]
        )


def _refusals(folder: Path, *, adds: bool) -> list[Problem]:
    if not folder.exists():
        return []
    if not folder.is_dir():
        return [
            Problem(
                str(folder), "-", "is not a folder", "a folder, or a path where nothing is", code="MW2305"
            )
        ]
    others = sorted(path.name for path in folder.iterdir() if path.name != GIT)
    was_begun = any(folder.glob("inventories/*/facility.yaml")) or any(folder.glob(f"{STAGING}*"))
    if not others or adds or was_begun:
        return []
    listed = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    expected = "an empty folder, or --add, which adds what is missing and changes no file"
    return [Problem(str(folder), "-", f"holds other files: {listed}", expected, code="MW2306")]


def _obstacles(folder: Path, files: Files) -> list[Problem]:
    """Files where a folder must be, and folders where a file must be."""
    folders = {parent for path in files for parent in path.parents if parent != PurePosixPath(".")}
    wrong = [path for path in folders if os.path.lexists(folder / path) and not (folder / path).is_dir()]
    wrong += [path for path in files if (folder / path).is_dir() or _leads_nowhere(folder / path)]
    found = [
        Problem(str(folder / path), "-", "is in the way", "another name for it", code="MW2307")
        for path in wrong
    ]
    link = folder / LINK
    if os.path.lexists(link) and not link.is_symlink():
        found.append(
            Problem(str(link), "-", "is in the way", "a link to the product, or nothing", code="MW2307")
        )
    return found


def _leads_nowhere(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _write(root: Path, files: Files) -> None:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _check(file: Path, shown: Path | None) -> None:
    problems = find_commitment_problems(load_facility(file), str(shown or file), checks_for(file))
    if problems:
        raise BadInputError(problems)


def _place(staging: Path, folder: Path, name: str, files: Files, product: Path) -> Started:
    """Move everything in one step where nothing is yet, else each missing file."""
    if not folder.exists():
        (staging / LINK).symlink_to(product)
        staging.rename(folder)
        created = (*map(str, sorted(files)), LINK)
        return Started(folder=str(folder), name=name, created=created, kept=())
    added = [str(path) for path in sorted(files) if _add(staging / path, folder / path)]
    if _renew_link(folder / LINK, product):
        added.append(LINK)
    kept = _differing(folder, files, added)
    return Started(folder=str(folder), name=name, created=tuple(added), kept=kept)


def _add(source: Path, target: Path) -> bool:
    """Move a file to where none is yet; whether it was moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except FileExistsError:
        return False
    return True


def _renew_link(link: Path, product: Path) -> bool:
    if link.is_symlink() and link.readlink() == product:
        return False
    link.unlink(missing_ok=True)
    link.symlink_to(product)
    return True


def _differing(folder: Path, files: Mapping[PurePosixPath, str], created: list[str]) -> tuple[str, ...]:
    there = [path for path in sorted(files) if str(path) not in created]
    return tuple(str(path) for path in there if (folder / path).read_bytes() != files[path].encode())
