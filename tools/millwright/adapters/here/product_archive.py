"""The part of the product that measures, as one archive whose name says what is in it.

``python -m millwright.adapters.here.product_archive ROOT FACILITY_FILE NAME FOLDER`` writes it and
prints its path and digest as JSON. Equal sources give an equal archive, byte for byte.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from millwright.checks.registry import own_folders
from millwright.core.files import write_atomically
from millwright.core.places import import_folder, package_files

PACKAGE = "tools/millwright"

PARTS = (
    "inventories/catalogue",
    "inventories/facility.schema.json",
    "pyproject.toml",
    "reframe_checks",
    "requirements.lock",
    PACKAGE,
)
"""What the harness needs; of the facilities only the one that it measures, with its own checks."""

EPOCH_S = 315_619_200
"""Modification time of every member, in seconds: 1980-01-02, which every archive format can hold."""


def list_members(root: Path) -> dict[str, Path]:
    """Files of the product that belong on a harness, by their path in a checkout.

    ``root`` is a checkout or the data of an installed package: both give the same names.
    """
    return {name: path for part in PARTS for name, path in _members_of(part, root)}


def _members_of(part: str, root: Path) -> Iterator[tuple[str, Path]]:
    if part == PACKAGE:
        place, found = import_folder(root) / "millwright", package_files(root)
    else:
        place = root / part
        found = iter(sorted(place.rglob("*")) if place.is_dir() else [place])
    for path in found:
        if path.is_file() and path.suffix != ".pyc":
            yield (PurePosixPath(part) / path.relative_to(place)).as_posix(), path


def own_members(facility_file: Path, facility_name: str) -> dict[str, Path]:
    """The facility's file and its own checks, by their path in a checkout."""
    place = f"inventories/{facility_name}"
    checks = {
        f"{place}/{path.relative_to(facility_file.parent).as_posix()}": path
        for folder in own_folders(facility_file)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    return {f"{place}/facility.yaml": facility_file, **checks}


def build_archive(root: Path, facility_file: Path, facility_name: str) -> bytes:
    """An uncompressed tar that depends on names, contents and executable bits only."""
    members = list_members(root)
    members |= own_members(facility_file, facility_name)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(members):
            content = members[name].read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mtime = EPOCH_S
            member.mode = 0o755 if members[name].stat().st_mode & 0o100 else 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def write_archive(root: Path, facility_file: Path, facility_name: str, folder: Path) -> dict[str, str]:
    """Write the archive into a folder, unless it is there; its path and digest."""
    content = build_archive(root, facility_file, facility_name)
    digest = hashlib.sha256(content).hexdigest()[:16]
    path = folder / f"millwright-{digest}.tar.gz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, gzip.compress(content, mtime=0))
        for old in folder.glob("millwright-*.tar.gz"):
            if old != path:
                old.unlink()
    return {"path": str(path), "digest": digest}


if __name__ == "__main__":
    _root, _facility_file, _name, _folder = sys.argv[1:]
    sys.stdout.write(
        json.dumps(write_archive(Path(_root), Path(_facility_file), _name, Path(_folder))) + "\n"
    )
