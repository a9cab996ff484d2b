"""Where facilities lie and where Millwright keeps what does not belong in git."""

import os
import shlex
from pathlib import Path

from millwright.core.errors import BadInputError, Problem


def checkout() -> Path:
    """The root of the checkout or installed tree that holds ``inventories/``.

    ``MILLWRIGHT_HOME`` names it where the package does not lie in the checkout.
    """
    named = os.environ.get("MILLWRIGHT_HOME")
    return Path(named) if named else Path(__file__).resolve().parents[3]


def facility_file(name_or_path: str) -> Path:
    """The facility file for a shipped name (``rack``) or a path to a file or its folder."""
    given = Path(name_or_path)
    if given.suffix in {".yaml", ".yml"}:
        return given
    if given.is_dir() and (given / "facility.yaml").exists():
        return given / "facility.yaml"
    shipped = checkout() / "inventories" / name_or_path / "facility.yaml"
    if "/" not in name_or_path and shipped.exists():
        return shipped
    known = ", ".join(sorted(shipped_facilities()))
    raise BadInputError(
        [Problem(name_or_path, "-", "no such facility", f"one of {known}, or a path to a facility.yaml")]
    )


def as_typed(file: Path) -> str:
    """What to type in a shell for a facility file: the name of a shipped one, or the path as one word."""
    name = file.parent.name
    is_shipped = file == checkout() / "inventories" / name / "facility.yaml"
    return name if is_shipped else shlex.quote(str(file))


def shipped_facilities() -> dict[str, Path]:
    """Each facility under ``inventories/`` with its file."""
    return {path.parent.name: path for path in sorted((checkout() / "inventories").glob("*/facility.yaml"))}


STATE_VARIABLE = "MILLWRIGHT_STATE"
"""Environment variable that names another folder of all facilities' state."""


def state_folder(facility_name: str) -> Path:
    """Keys, pinned host keys and journals of one facility, outside git."""
    named = os.environ.get(STATE_VARIABLE)
    root = Path(named) if named else Path.home() / ".local" / "state" / "millwright"
    return root / facility_name


def cache_folder() -> Path:
    """What can be rebuilt: images, packages, wheels."""
    return Path.home() / ".cache" / "millwright"
