"""What of Millwright itself a bundle applies: the deploy, the modules that it reaches, and its packages.

A change of anything else, such as a report, needs no new bundle, although each carries the whole library.
"""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from millwright.antennas.bundle.payload import DEPLOY
from millwright.antennas.bundle.wheels import gateway_lock
from millwright.core.places import import_folder

PROGRAM = "apply_bundle.py"
OURS = "millwright"
BESIDE = (".sh", ".service")
"""Files that a module reads and puts on the host; they are beside it."""


def product_sum(root: Path, *, python: str, machine: str) -> str:
    """SHA-256 of what a bundle made from the checkout ``root`` would run on a gateway.

    ``python`` (``3.13``) and ``machine`` choose the packages.
    """
    digest = hashlib.sha256()
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    digest.update(gateway_lock(lock, python=python, machine=machine).encode())
    for file in reached_files(root):
        digest.update(f"\n{_name_of(file, root)}\n".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _name_of(file: Path, root: Path) -> PurePosixPath:
    """The file's path in a checkout, also if the product is an installed package."""
    if file.is_relative_to(root):
        return PurePosixPath(file.relative_to(root))
    return PurePosixPath("tools") / file.relative_to(import_folder(root))


def reached_files(root: Path) -> tuple[Path, ...]:
    """The deploy's files and every module of ours that one of them imports, in the order of their paths."""
    tools = import_folder(root)
    waiting = [file for name in (*DEPLOY, PROGRAM) if (file := root / "antennas" / name).exists()]
    reached: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file in reached:
            continue
        reached.add(file)
        if file.suffix == ".py":
            waiting += _imported(file, tools)
            waiting += _beside(file)
    return tuple(sorted(reached, key=lambda file: _name_of(file, root)))


def _beside(file: Path) -> Iterator[Path]:
    yield from (file.with_suffix(suffix) for suffix in BESIDE if file.with_suffix(suffix).exists())


def _imported(file: Path, tools: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        else:
            continue
        for name in names:
            if name.split(".")[0] == OURS:
                yield from _files_of(name, tools)


def _files_of(name: str, tools: Path) -> Iterator[Path]:
    """The module's file and the packages that Python runs before it; a name in a module has none."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        path = tools.joinpath(*parts[:count])
        yield from (file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file())
