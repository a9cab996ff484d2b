"""Python packages that a gateway needs to apply itself, from the project's own lock."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from millwright.adapters.here.python_lock import (
    download_argv,
    marker_environment,
    parse_lock,
    reduce_lock,
    render_lock,
)
from millwright.antennas.ssh.private_files import private_folder
from millwright.core.process import output_of

ROOTS = ("clustershell", "pydantic", "pyinfra", "pyyaml")
FETCH_LIMIT_S = 600


def gateway_lock(lock_text: str, *, python: str, machine: str) -> str:
    """What the project's lock pins for a gateway's Python (``3.13``) and machine type."""
    return render_lock(reduce_lock(parse_lock(lock_text), ROOTS, marker_environment(python, machine)))


def gateway_wheels(lock_text: str, *, cache: Path, python: str, machine: str) -> Path:
    """Folder of wheels for a gateway's Python (``3.13``) and machine type, fetched where it is missing.

    Each is checked against the hashes of the lock. Raises :exc:`FailedError` with pip's own words.
    """
    lock = gateway_lock(lock_text, python=python, machine=machine)
    digest = hashlib.sha256(f"{python} {machine}\n{lock}".encode()).hexdigest()
    ready = cache / "bundle-wheels" / digest[:16]
    if ready.is_dir():
        return ready
    building = Path(tempfile.mkdtemp(dir=private_folder(ready.parent), prefix=".building-"))
    try:
        file = building / "gateway.lock"
        file.write_text(lock, encoding="ascii")
        output_of(download_argv(file, building, python, machine), limit_s=FETCH_LIMIT_S)
        if not ready.is_dir():  # another process may have been first
            building.rename(ready)
        return ready
    finally:
        shutil.rmtree(building, ignore_errors=True)
