"""What ``millwright doctor`` finds on the machine that it runs on, looked up afresh each time."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from millwright.antennas.proof.user_units import is_active
from millwright.core.errors import NotTestableError
from millwright.core.places import cache_folder, product_root
from millwright.core.process import english_environment
from millwright.core.programs import Program, find_absent, host_programs
from millwright.images.needs import choose_format, find_missing
from millwright.rack.requirements import look, what_is_missing

DISTRIBUTION = "millwright"
OLDEST_PYTHON = (3, 11)
OLDEST_OPENSSH = (8, 2)
"""The first whose ssh-keygen finds the signer of a file (``-Y find-principals``)."""


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """A tool in a version that does not do."""

    name: str
    found: str
    """The version found; empty if there is none."""
    wanted: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found on this machine."""

    python: str
    is_python_new_enough: bool
    wrong_packages: tuple[WrongVersion, ...]
    """Python packages that are missing or out of the range that Millwright states."""
    wrong_openssh: WrongVersion | None
    absent: tuple[Program, ...]
    """Declared programs and files that are not there, optional ones among them."""
    is_root: bool
    can_install: bool
    """There is apt, and we are root or can be without a password."""
    rack_lacks: tuple[str, ...]
    """What keeps the rack from running here, beyond what ``rack up`` installs by itself."""
    image_lacks: tuple[str, ...]
    user_systemd: str
    """Why systemd does not answer this account; empty if it does."""
    is_checkout: bool
    """Millwright runs from a checkout, with its Makefile and tests."""


def look_at_machine() -> Machine:
    """Look at this machine; changes nothing and takes some seconds at most."""
    host = look(cache_folder())
    return Machine(
        python=platform.python_version(),
        is_python_new_enough=tuple(map(int, platform.python_version_tuple()[:2])) >= OLDEST_PYTHON,
        wrong_packages=tuple(find_wrong_packages(metadata.requires(DISTRIBUTION) or ())),
        wrong_openssh=judge_openssh(_openssh_version()),
        absent=find_absent(host_programs(with_optional=True), os.environ.get("PATH", os.defpath)),
        is_root=os.geteuid() == 0,
        can_install=host.has_apt and host.privileged,
        rack_lacks=what_is_missing(host, needs_tun=True),
        image_lacks=find_missing(choose_format(None), Path.cwd()),
        user_systemd=_ask_user_systemd(),
        is_checkout=(product_root() / "Makefile").exists(),
    )


def find_wrong_packages(requirements: Iterable[str]) -> Iterator[WrongVersion]:
    """Requirements of a distribution that the installed packages do not meet; extras are left out."""
    for requirement in map(Requirement, requirements):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            found = ""
        if not found or not requirement.specifier.contains(found, prereleases=True):
            yield WrongVersion(requirement.name, found, str(requirement.specifier))


def judge_openssh(printed: str | None) -> WrongVersion | None:
    """What is wrong with the OpenSSH that prints this; None if nothing is, or if there is no ssh at all."""
    if printed is None:
        return None
    found = re.match(r"OpenSSH_(\d+\.\d+)", printed)
    wanted = ".".join(map(str, OLDEST_OPENSSH))
    try:
        if found and Version(found[1]) >= Version(wanted):
            return None
    except InvalidVersion:
        pass
    return WrongVersion("OpenSSH", found[1] if found else printed[:40], f">={wanted}")


def _openssh_version() -> str | None:
    try:
        done = subprocess.run(
            ["ssh", "-V"], capture_output=True, text=True, check=False, timeout=10, env=english_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stderr.strip()


def _ask_user_systemd() -> str:
    try:
        is_active("default.target")
    except NotTestableError as error:
        return str(error)
    return ""
