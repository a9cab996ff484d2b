"""Files that are whole or not there, readable by the user who called us."""

import os
import tempfile
from pathlib import Path


def owner_of_caller() -> tuple[int, int] | None:
    """User and group behind ``sudo``; None where nobody stands behind root."""
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
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.chmod(mode)
        give_to_caller(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder and its parents; those that are new belong to the calling user."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    for folder in missing:
        give_to_caller(folder)
    return path
