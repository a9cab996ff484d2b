"""Where the product's data, the site's own tree and each facility's state are.

The *product* is a checkout, or the folder ``data`` of an installed package, which has the same folders below
it. A *site* is a tree with ``inventories/<facility>/facility.yaml``; ``millwright init`` makes one.
"""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import millwright
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean

DATA = "data"
"""Folder of the installed package that holds the product's other folders; a checkout has none."""
SITE_VARIABLE = "MILLWRIGHT_SITE"
"""Environment variable that names the site's tree; else the first around the current directory."""


def product_root() -> Path:
    """The root of the product: ``inventories/``, ``playbooks/``, ``reframe_checks/`` … are below it.

    ``MILLWRIGHT_HOME`` names another one.
    """
    named = os.environ.get("MILLWRIGHT_HOME")
    if named:
        return Path(named)
    package = Path(millwright.__file__).resolve().parent
    data = package / DATA
    return data if data.is_dir() else package.parents[1]


def is_installed(root: Path) -> bool:
    """Whether a root of the product is the data inside a package, and no checkout."""
    return root.name == DATA and (root.parent / "__init__.py").is_file()


def import_folder(root: Path) -> Path:
    """The folder from which Python imports the package ``millwright`` that belongs to a root."""
    return root.parents[1] if is_installed(root) else root / "tools"


def package_files(root: Path) -> Iterator[Path]:
    """Every file of the package ``millwright``, sorted, without the product's other data inside it."""
    package = import_folder(root) / "millwright"
    for path in sorted(package.rglob("*")):
        if path.is_file() and package / DATA not in path.parents:
            yield path


def site_root() -> Path | None:
    """The site's own tree; None if there is none around the current directory."""
    named = os.environ.get(SITE_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if _is_site(folder)), None)


def _is_site(folder: Path) -> bool:
    is_packed = is_installed(folder)
    return not is_packed and any((folder / "inventories").glob("*/facility.yaml"))


def default_folder(name: str) -> Path:
    """Where ``results`` and the like are written by default: in the site's tree, else the current directory.

    The path is relative if it is below the current directory.
    """
    site = site_root()
    return Path(name) if site is None or site == Path.cwd() else site / name


def facility_file(name_or_path: str) -> Path:
    """The facility file for a name (``rack``) or a path to a file or its folder.

    A facility of the site comes before a shipped one of the same name.
    """
    given = Path(name_or_path)
    if given.suffix in {".yaml", ".yml"}:
        return given
    if given.is_dir() and (given / "facility.yaml").exists():
        return given / "facility.yaml"
    known = known_facilities()
    if name_or_path in known:
        return known[name_or_path]
    names = ", ".join(sorted(known))
    expected = f"one of {names}, or a path to a facility.yaml" if names else "a path to a facility.yaml"
    site = os.environ.get(SITE_VARIABLE)
    looked = f" in {site} ({SITE_VARIABLE})" if site else ""
    expected = f"{expected}; `millwright init PATH` starts a site{did_you_mean(name_or_path, known)}"
    problem = Problem(name_or_path, "-", f"no such facility{looked}", expected, code="MW2001")
    raise BadInputError([problem])


def as_typed(file: Path) -> str:
    """What to type in a shell for a facility file: the name of a known one, or the path as one word."""
    name = file.parent.name
    return name if known_facilities().get(name) == file else shlex.quote(str(file))


def known_facilities() -> dict[str, Path]:
    """Each facility that can be named, with its file: the site's own first, then the shipped ones."""
    site = site_root()
    own = _facilities_below(site) if site else {}
    shipped = {name: file for name, file in shipped_facilities().items() if name not in own}
    return own | shipped


def shipped_facilities() -> dict[str, Path]:
    """Each facility that the product brings, with its file."""
    return _facilities_below(product_root())


def _facilities_below(root: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted((root / "inventories").glob("*/facility.yaml"))}


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
