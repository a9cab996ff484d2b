"""What a run was made with: the product's commit or wheel, versions of tools, facts of this machine."""

import base64
import hashlib
import os
import platform
import subprocess
from importlib import metadata
from importlib.metadata import Distribution, PackagePath
from pathlib import Path

from millwright.core.places import is_installed

PACKAGE = "millwright"
WHEEL = "Millwright's wheel"
"""Name among the versions of a run that was made with an installed package."""
TOOL_SECONDS = 20

VERSIONS_SCRIPT = """
show() { name=$1; shift; answer=$("$@" 2>&1 | head -n 1) && echo "$name|$answer"; }
have() { command -v "$1" >/dev/null; }
have gcc && show GCC gcc -dumpfullversion
have riscv64-linux-gnu-gcc && show 'GCC for riscv64' riscv64-linux-gnu-gcc -dumpfullversion
have mpicc && show MPI mpicc --showme:version
have pkg-config && pkg-config --exists openblas && show OpenBLAS pkg-config --modversion openblas
have sinfo && show Slurm sinfo --version
have ssh && show OpenSSH ssh -V
true
"""
"""Shell script that prints a line ``name|version`` for each tool that a seat has."""


def git_commit(checkout: Path) -> str | None:
    """Commit of a checkout, with ``-dirty`` if a file was changed or is untracked; None outside of git.

    A package that is installed somewhere below another repository has no commit either.
    """
    found = ask_git(checkout, "rev-parse", "--show-toplevel", "HEAD")
    if found is None:
        return None
    top, commit = found.decode(errors="surrogateescape").splitlines()
    if Path(top) != checkout.resolve():
        return None
    changes = ask_git(checkout, "status", "--porcelain", "--untracked-files=normal")
    return f"{commit}-dirty" if changes else commit


def wheel_version(root: Path, distribution: Distribution | None = None) -> dict[str, str]:
    """The installed package by the digest of its files; empty for a checkout.

    The digest is over the hashes that the wheel recorded, so it is the same on each machine. A file that is
    missing or has other contents than were recorded is counted.
    """
    if not is_installed(root):
        return {}
    owner = distribution or metadata.distribution(PACKAGE)
    files = [path for path in owner.files or () if path.hash is not None and path.parts[0] == PACKAGE]
    recorded = {str(path): path.hash.value for path in files if path.hash is not None}
    if not recorded:
        return {WHEEL: "its files were not recorded"}
    listing = "".join(f"{name} {recorded[name]}\n" for name in sorted(recorded))
    changed = sum(not _is_as_recorded(path) for path in files)
    digest = hashlib.sha256(listing.encode()).hexdigest()[:16]
    return {WHEEL: f"sha256:{digest}" + (f", {changed} of its files changed since" if changed else "")}


def _is_as_recorded(path: PackagePath) -> bool:
    place = Path(str(path.locate()))
    if path.hash is None or not place.is_file():
        return False
    found = hashlib.new(path.hash.mode, place.read_bytes()).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=") == path.hash.value


def read_versions(output: str) -> dict[str, str]:
    """Versions by tool, from what :data:`VERSIONS_SCRIPT` printed."""
    lines = (line.partition("|") for line in output.splitlines())
    return {name: version.strip() for name, mark, version in lines if mark and version.strip()}


def host_facts() -> dict[str, str]:
    """Facts of this machine: system, kernel, processor, CPUs that may be used, memory."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "name": platform.node(),
        "system": _system(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "processor": _processor() or "unknown",
        "cpus": str(len(os.sched_getaffinity(0))),
        "memory_gib": f"{memory_gib:.1f}",
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _processor() -> str | None:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), None)


def ask_git(checkout: Path, *words: str) -> bytes | None:
    """What git prints about a checkout; None if it fails or is missing."""
    command = ["git", "-C", str(checkout), *words]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=TOOL_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
