"""The project's own lock of Python packages, reduced to what one host needs, and pip's way to fetch it."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

# pip does not derive older tags from a newer one, so each glibc that wheels are built for is named.
GLIBC = (
    "2_5",
    "2_12",
    "2_17",
    "2_24",
    "2_26",
    "2_27",
    "2_28",
    "2_31",
    "2_34",
    "2_35",
    "2_39",
    "2_40",
    "2_41",
)
LEGACY = ("manylinux1", "manylinux2010", "manylinux2014")

ENTRY = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$"
)


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def _parents(comments: Iterable[str]) -> tuple[str, ...]:
    texts = (line.strip().removeprefix("#").strip() for line in comments)
    names = (text.removeprefix("via").strip() for text in texts)
    return tuple(
        canonicalize_name(name) for name in names if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name)
    )


def parse_lock(text: str) -> tuple[Locked, ...]:
    """Every package of a lock that ``uv pip compile --universal --generate-hashes`` wrote."""
    found: list[Locked] = []
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    for block in blocks:
        first, _, rest = block.partition("\n")
        match = ENTRY.match(first)
        if match:
            lines = rest.splitlines()
            hashes = tuple(re.findall(r"--hash=(sha256:[0-9a-f]{64})", rest))
            comments = [line for line in lines if line.strip().startswith("#")]
            found.append(
                Locked(
                    canonicalize_name(match["name"]),
                    match["version"],
                    match["marker"] or "",
                    hashes,
                    _parents(comments),
                )
            )
    return tuple(found)


def marker_environment(python: str, machine: str) -> dict[str, str]:
    """What environment markers say on a host with that Python and machine type."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
        "extra": "",
    }


def reduce_lock(
    packages: Iterable[Locked], roots: Iterable[str], environment: dict[str, str]
) -> tuple[Locked, ...]:
    """What the roots need on that Python, by the lock's own record of who wants what.

    Markers are judged here, because pip judges them for the Python it runs on.
    """
    usable = [p for p in packages if not p.marker or Marker(p.marker).evaluate(environment)]
    wanted = set(roots)
    while True:
        more = {p.name for p in usable if wanted & set(p.wanted_by)} - wanted
        if not more:
            return tuple(p for p in usable if p.name in wanted)
        wanted |= more


def render_lock(packages: Iterable[Locked]) -> str:
    """The reduced lock as pip reads it."""
    entries = (
        " \\\n".join([f"{p.name}=={p.version}", *(f"    --hash={value}" for value in p.hashes)])
        for p in packages
    )
    return "\n".join(entries) + "\n"


def download_argv(lock: Path, target: Path, python: str, machine: str) -> list[str]:
    """Arguments of pip that fetch wheels for a host's Python (``3.13``), each checked against the lock."""
    tags = [f"manylinux_{glibc}_{machine}" for glibc in reversed(GLIBC)] + [
        f"{name}_{machine}" for name in LEGACY
    ]
    return [
        *(sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--progress-bar=off"),
        *("--no-deps", "--only-binary=:all:", "--require-hashes", f"--python-version={python}"),
        *("--implementation=cp", f"--abi=cp{python.replace('.', '')}", "--abi=abi3", "--abi=none"),
        *(f"--platform={tag}" for tag in (*tags, f"linux_{machine}", "any")),
        f"--dest={target}",
        f"--requirement={lock}",
    ]
