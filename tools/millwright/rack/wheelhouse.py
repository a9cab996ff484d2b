"""Python packages for the login node, which has no route out, from the project's own lock."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from millwright.adapters.here.python_lock import (
    download_argv,
    marker_environment,
    parse_lock,
    reduce_lock,
    render_lock,
)
from millwright.core.process import follow
from millwright.rack.files import make_folder
from millwright.rack.lock import exclusive
from millwright.rack.recipe import PYTHONS

FETCH_WAIT_S = 600.0
LOCK_NAME = "harness.lock"
ROOTS = ("clustershell", "jinja2", "numpy", "pyarrow", "pydantic", "pyyaml", "reframe-hpc", "rich", "typer")
"""What the measuring harness imports; their closure is taken from the lock."""


def harness_lock(lock_text: str, machine: str, python: str) -> str:
    """The part of the project's lock that the harness needs on a node of that machine type."""
    return render_lock(reduce_lock(parse_lock(lock_text), ROOTS, marker_environment(python, machine)))


def wheelhouse_folder(lock_text: str, cache: Path, machine: str, python: str) -> Path:
    """Where the wheels of a lock lie once they are fetched."""
    digest = hashlib.sha256(f"{machine}\n{harness_lock(lock_text, machine, python)}".encode()).hexdigest()
    return cache / "wheels" / f"{python}-{digest[:16]}"


def make_wheelhouse(
    lock_text: str, cache: Path, machine: str, python: str, report: Callable[[str], None]
) -> Path:
    """Return the folder of wheels for a lock, fetching them if they are not there yet.

    Beside them lies ``harness.lock``, for ``pip install --require-hashes -r``.
    """
    ready = wheelhouse_folder(lock_text, cache, machine, python)
    folder = make_folder(ready.parent, mode=0o755)
    with exclusive(folder / "lock", report, FETCH_WAIT_S):
        if ready.exists():
            return ready
        building = folder / ".building"
        shutil.rmtree(building, ignore_errors=True)
        make_folder(building, mode=0o755)
        try:
            (building / LOCK_NAME).write_text(harness_lock(lock_text, machine, python), encoding="utf-8")
            follow(download_argv(building / LOCK_NAME, building, python, machine), report)
            building.rename(ready)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return ready


def remove_old_wheelhouses(current: Path, used: Iterable[Path]) -> None:
    """Delete the wheels of earlier locks for this Python that no rack serves."""
    kept = {current.resolve(), *(path.resolve() for path in used)}
    for path in current.parent.iterdir():
        other = path.name.partition("-")[0] in set(PYTHONS.values()) - {current.name.partition("-")[0]}
        if path.is_dir() and not other and path.resolve() not in kept:
            shutil.rmtree(path)
