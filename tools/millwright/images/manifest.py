"""What an image is: how it was made, what is in it, and what its nodes still need."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.json_text import load_json
from millwright.images.first_boot import LeftOver
from millwright.images.recipe import ImageRecipe
from millwright.results.manifest import sum_file

FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file of an image."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of ``manifest.json``."""

    name: str
    recipe: ImageRecipe
    millwright: str
    """Version and commit."""
    operating_system: str
    packages: Mapping[str, str]
    """Version of each package."""
    files: Sequence[ImageFile]
    first_boot: Sequence[LeftOver]
    files_of_a_node: Sequence[str]
    """Files that roles write for each node alone, which ``apply`` adds."""
    kernel: Mapping[str, str]


def describe_files(folder: Path) -> tuple[ImageFile, ...]:
    """Every file of a folder, in order."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return tuple(ImageFile(path.name, path.stat().st_size, sum_file(path)) for path in paths)


def write_manifest(manifest: Manifest) -> str:
    """As JSON, the same for the same image."""
    return json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n"


def read_summary(folder: Path) -> dict[str, object]:
    """What ``manifest.json`` of a folder says; :exc:`BadInputError` where it is no image."""
    try:
        found = load_json((folder / FILE).read_text(encoding="utf-8"))
        keys = ("name", "recipe", "packages", "files", "first_boot")
        return {key: found[key] for key in (*keys, "millwright", "operating_system")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = f"not an image that Millwright built ({type(error).__name__})"
        raise BadInputError(
            [Problem(str(folder), FILE, text, "a folder that millwright image build made", code="MW7503")]
        ) from error


def parse_packages(text: str) -> dict[str, str]:
    """From ``dpkg-query --show``: a package and its version a line."""
    pairs = (line.split("\t") for line in text.splitlines() if line)
    return dict(sorted((name, version) for name, version in pairs))


def parse_os_release(text: str) -> str:
    r"""The name of the operating system.

    >>> parse_os_release('NAME=x\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    'Debian GNU/Linux 13 (trixie)'
    """
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME":
            return value.strip().strip('"')
    return "unknown"
