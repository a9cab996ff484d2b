"""One digest of everything that a facility's hosts are brought to: what a journal notes beside a host."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

LEFT_OUT = frozenset({"__pycache__", ".git", ".ansible"})


def digest_of(files: Iterable[Path], root: Path) -> str:
    """SHA-256 of files with their names below `root`, whatever their order.

    A file that is not below `root` counts by its own name.
    """
    total = hashlib.sha256()
    for name, path in sorted((_name(path, root), path) for path in files):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def declared_files(facility_file: Path, root: Path) -> Iterator[Path]:
    """Files that decide about the state of hosts: facility, variables, playbooks, inventory."""
    yield facility_file
    yield from _below(facility_file.parent / "group_vars")
    yield from _below(facility_file.parent / "host_vars")
    yield from _below(root / "playbooks")
    yield from _below(root / "inventories" / "catalogue")
    yield from _below(root / "tools" / "millwright" / "facility")
    yield from sorted((root / "tools" / "millwright" / "adapters" / "ansible").glob("*.py"))


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not LEFT_OUT.intersection(path.parts):
            yield path


def _name(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name
