"""Files in the state folder: written whole or not at all, and readable by their owner only."""

from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.files import write_if_changed


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter; missing parents are made the same way."""
    for folder in [*reversed(path.parents), path]:
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> bool:
    """Write a file in one step; return whether its text changed."""
    private_folder(path.parent)
    return write_if_changed(path, text, mode=mode)


def refuse_readable_by_others(path: Path) -> None:
    """Refuse a private key that others could have read: a key once seen stays untrusted."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        problem = f"a private key that others can read (mode {mode:04o})"
        raise BadInputError(
            [
                Problem(
                    str(path),
                    "mode",
                    problem,
                    "0600; replace the key if others may have read it",
                    code="MW4404",
                )
            ]
        )
