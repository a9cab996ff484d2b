"""The checks of a facility or site as one archive, which each session unpacks beside the facility file."""

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from millwright.adapters.reframe.process import OWN_CHECKS

ARCHIVE = "checks.tar"


def pack_checks(folders: Sequence[Path]) -> bytes:
    """Every regular file below the folders, as ``checks/<number>/<path>``; caches of Python are left out."""
    return _pack({f"{OWN_CHECKS}/{number}": folder for number, folder in enumerate(folders)})


def pack_folder(folder: Path, name: str) -> bytes:
    """Every regular file below a folder, as ``<name>/<path>``."""
    return _pack({name: folder})


def _pack(folders: Mapping[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, folder in folders.items():
            for path in sorted(folder.rglob("*")):
                if not path.is_file() or path.suffix == ".pyc":
                    continue
                content = path.read_bytes()
                member = tarfile.TarInfo(f"{name}/{path.relative_to(folder).as_posix()}")
                member.size = len(content)
                member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
