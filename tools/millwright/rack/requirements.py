"""What this machine must have for a rack, and what of it is missing."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from millwright.core.errors import NotTestableError
from millwright.core.places import cache_folder
from millwright.core.process import find_program
from millwright.core.programs import Need, host_programs, package_of
from millwright.rack.cgroups import find_hierarchies
from millwright.rack.image import KEYRING, image_root
from millwright.rack.mounts import MOUNTINFO
from millwright.rack.recipe import rack_recipe

PROGRAMS = tuple(program.name for program in host_programs(Need.RACK) if not program.is_file)
KEYRING_PACKAGE = package_of(str(KEYRING))
BUILD_MIB = 3000  # image, wheels and packages together, with room for the build
RUN_MIB = 300  # once the image is there


@dataclass(frozen=True, slots=True)
class Host:
    """What was found on this machine, looked up afresh each time."""

    system: str
    privileged: bool
    """We are root, or sudo lets us be without a password."""
    missing_programs: tuple[str, ...]
    has_keyring: bool
    has_cgroup2: bool
    has_tun: bool
    has_apt: bool
    cache: Path
    free_mib: int
    needed_mib: int


def can_be_root() -> bool:
    """Whether this process has root's rights or can have them without asking anybody."""
    if os.geteuid() == 0:
        return True
    try:
        return subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def look(cache: Path) -> Host:
    """Look at this machine."""
    existing = next(folder for folder in (cache, *cache.parents) if folder.exists())
    mountinfo = MOUNTINFO.read_text() if MOUNTINFO.exists() else ""
    return Host(
        system=platform.system(),
        privileged=can_be_root(),
        missing_programs=tuple(name for name in PROGRAMS if find_program(name) is None),
        has_keyring=KEYRING.exists(),
        has_cgroup2=find_hierarchies(mountinfo) is not None,
        has_tun=Path("/dev/net/tun").exists(),
        has_apt=find_program("apt-get") is not None,
        cache=cache,
        free_mib=shutil.disk_usage(existing).free // 2**20,
        needed_mib=RUN_MIB if image_root(cache, rack_recipe()).exists() else BUILD_MIB,
    )


def missing_packages(host: Host) -> tuple[str, ...]:
    """Debian or Ubuntu packages that bring the missing programs."""
    packages = {package_of(name) for name in host.missing_programs}
    return tuple(sorted(packages | (set() if host.has_keyring else {KEYRING_PACKAGE})))


def what_is_missing(host: Host, *, needs_tun: bool) -> tuple[str, ...]:
    """Everything that keeps a rack from running here, without what ``up`` installs by itself."""
    if host.system != "Linux":
        return (f"Linux (this is {host.system})",)
    found = [] if host.privileged else ["root or passwordless sudo"]
    packages = missing_packages(host)
    if packages and not (host.has_apt and host.privileged):
        programs = ", ".join((*host.missing_programs, *(() if host.has_keyring else (KEYRING.name,))))
        found.append(f"{programs} (packages {' '.join(packages)})")
    if not host.has_cgroup2:
        found.append("a mounted cgroup v2 hierarchy")
    if needs_tun and not host.has_tun:
        found.append("/dev/net/tun (kernel module tun)")
    if host.free_mib < host.needed_mib:
        found.append(
            f"{host.needed_mib} MiB of free disk space in {host.cache} ({host.free_mib} MiB are free)"
        )
    return tuple(found)


def require(missing: Iterable[str]) -> None:
    """Raise one sentence that names everything missing; say nothing where nothing is."""
    listed = "; ".join(missing)
    if listed:
        message = f"The rack can't run on this machine, which lacks: {listed}."
        raise NotTestableError(message, code="MW7011")


def find_missing() -> tuple[str, ...]:
    """What keeps the shipped rack from running on this machine; empty if it can."""
    return what_is_missing(look(cache_folder()), needs_tun=True)
