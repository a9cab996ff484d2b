"""Files that are whole or not there, readable by the user who called us."""

import os
from pathlib import Path

from millwright.core.files import write_atomically


def owner_of_caller() -> tuple[int, int] | None:
    """User and group behind ``sudo``; None if root is not acting for anyone."""
    user, group = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if os.geteuid() == 0 and user.isdigit() and group.isdigit() and user != "0":
        return int(user), int(group)
    return None


def give_to_caller(path: Path) -> None:
    """Let the calling user own a file or folder that ``sudo`` made."""
    owner = owner_of_caller()
    if owner:
        os.chown(path, *owner, follow_symlinks=False)


def write_file(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace a file in one step; a reader sees the old text or the new, never half of it."""
    write_atomically(path, text, mode=mode)
    give_to_caller(path)


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder and its parents; those that are new belong to the calling user."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    for folder in missing:
        give_to_caller(folder)
    return path
