"""Fill a folder with links to the programs of a bare Debian and to the declared ones: FOLDER.

With that folder as the whole PATH, a program that nothing declares is missing here too, and not only on the
next fresh machine. Bare is what debootstrap's smallest variant installs: packages that are essential or of
priority ``required``, apt, and what these depend on.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from millwright.core.programs import host_programs

FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
FIELDS = ("Package", "binary:Package", "Essential", "Priority", "db:Status-Status")
FORMAT = "".join(f"${{{field}}}\\t" for field in FIELDS) + "${Pre-Depends}, ${Depends}\\n"
PYTHON = '#!/bin/sh\nexec "{interpreter}" "$@"\n'


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package."""

    name: str
    listed_as: str
    """Name with the architecture, if dpkg needs it."""
    is_required: bool
    needs: tuple[str, ...]
    """Names in its dependencies, alternatives among them."""


def read_packages(printed: str) -> dict[str, Package]:
    """Installed packages by name, from what dpkg-query prints in :data:`FORMAT`."""
    found = {}
    for line in printed.splitlines():
        name, listed_as, essential, priority, status, depends = line.split("\t")
        if status == "installed":
            needs = tuple(re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)", depends))
            is_required = essential == "yes" or priority == "required" or name == "apt"
            found[name] = Package(name, listed_as, is_required, needs)
    return found


def bare_packages(installed: Mapping[str, Package]) -> set[str]:
    """What a bare system has: the required packages and everything that they depend on."""
    bare: set[str] = set()
    waiting = [package.name for package in installed.values() if package.is_required]
    while waiting:
        name = waiting.pop()
        if name in installed and name not in bare:
            bare.add(name)
            waiting += installed[name].needs
    return bare


def program_names(files: Iterable[str]) -> set[str]:
    """Names of the programs among a package's files."""
    return {Path(file).name for file in files if os.path.dirname(file) in FOLDERS}  # noqa: PTH120 - text


def alternatives(files: Iterable[str]) -> set[str]:
    """Names in the program folders that Debian's alternatives lead to one of ``files``: awk is mawk."""
    known = {str(Path(file).resolve()) for file in files}
    found = set()
    for folder in ("/usr/sbin", "/usr/bin"):
        for path in Path(folder).iterdir() if Path(folder).is_dir() else ():
            is_one = path.is_symlink() and os.readlink(path).startswith("/etc/alternatives/")  # noqa: PTH115
            if is_one and str(path.resolve()) in known:
                found.add(path.name)
    return found


def fill(folder: Path, names: Iterable[str], path: str = os.pathsep.join(FOLDERS)) -> None:
    """Link each program that is found on ``path``; Python is the interpreter that runs this."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(set(names)):
        found = shutil.which(name, path=path)
        if found and not (folder / name).exists():
            (folder / name).symlink_to(found)
    python = folder / "python3"
    python.unlink(missing_ok=True)
    python.write_text(PYTHON.format(interpreter=sys.executable))  # a link would look for its library here
    python.chmod(0o755)


def list_bare_programs() -> set[str]:
    """Programs of this machine that a bare Debian has too."""
    printed = _output("dpkg-query", "--show", f"--showformat={FORMAT}")
    installed = read_packages(printed)
    names = [installed[name].listed_as for name in sorted(bare_packages(installed))]
    files = [line for line in _output("dpkg-query", "--listfiles", *names).splitlines() if line[:1] == "/"]
    return program_names(files) | alternatives(file for file in files if os.path.dirname(file) in FOLDERS)  # noqa: PTH120


def _output(*arguments: str) -> str:
    return subprocess.run(list(arguments), check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    declared = {program.name for program in host_programs(with_optional=True) if not program.is_file}
    fill(Path(sys.argv[1]), list_bare_programs() | declared)
