"""Whether results can be stored, tried before the first job: a full disk must not cost hours of measuring."""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from millwright.core.errors import NotTestableError

PROBE_BYTES = 64 * 1024
LEAST_FREE_BYTES = 16 * 1024 * 1024
BYTES_A_VALUE = 4 * 1024
"""Raw output, samples and their copies of one expected value, rounded up; a sample takes some 100 bytes."""


def require_room(folder: Path, values: int, purpose: str) -> None:
    """Write a file below a folder that may not exist yet, and look at the free space.

    ``values`` is how many values are expected. Raises :exc:`NotTestableError` if the folder can't be made or
    written, or if its file system lacks space. Folders that were made for the trial are removed again.
    """
    made = _missing(folder)
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_probe(folder)
            free = shutil.disk_usage(folder).free
        finally:
            for each in made:
                with suppress(OSError):  # another run has begun to use it, or it was never made
                    each.rmdir()
    except OSError as error:
        raise NotTestableError(
            f"{purpose} {folder} can't be written, so nothing was started: {error.strerror or error}; "
            "make it writable, free some space, or choose another one",
            code="MW6256",
        ) from error
    needed = LEAST_FREE_BYTES + values * BYTES_A_VALUE
    if free < needed:
        raise NotTestableError(
            f"{purpose} {folder} has {free / 2**20:.0f} MiB left, {needed / 2**20:.0f} MiB are needed for "
            f"{values} values, so nothing was started; free some space, or choose another one",
            code="MW6257",
        )


def _missing(folder: Path) -> tuple[Path, ...]:
    """The folders that have to be made, innermost first."""
    return tuple(each for each in (folder, *folder.parents) if not os.path.lexists(each))


def _write_probe(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        with probe.open("xb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)
