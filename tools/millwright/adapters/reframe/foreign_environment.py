"""The environment in which a foreign suite's ReFrame is installed, apart from Millwright's own."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from millwright.adapters.reframe.launch_sites import Machine
from millwright.checks.foreign import Suite
from millwright.core.errors import FailedError, NotTestableError

FOLDER = PurePosixPath("foreign")
"""Below the folder of caches of whoever starts the checks."""
READY = ".ready"
REQUIREMENTS = "requirements.txt"
MAX_REASON = 400

INSTALL = f"""
set -eu
environment=$1 requirements=$2 wheels=$3
shift 3
rm -rf -- "$environment"
mkdir -p -- "$environment"
python3 -m venv -- "$environment"
if [ -n "$wheels" ]; then set -- "$@" --no-index "--find-links=$wheels"; fi
"$environment/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar=off \\
    "--report=$environment/report.json" "$@" "--requirement=$requirements"
find -L "$environment/bin" -maxdepth 1 -name reframe -perm -u+x | grep -q . || {{
    echo "error: the packages bring no command reframe"; exit 1
}}
: > "$environment/{READY}"
"""

DESCRIBE = """
import hashlib, importlib.metadata as m, json, os, platform, sys, sysconfig
pure = sysconfig.get_paths()["purelib"]
base, sums = (sys.argv[1] or pure), hashlib.sha256()
for path in sys.argv[2:]:
    top, found = os.path.join(base, path), []
    if not os.path.exists(top):
        sys.exit(f"error: no such file or folder: {top}")
    for parent, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [os.path.join(parent, name) for name in files if not name.endswith(".pyc")]
    for file in sorted(found) or [top]:
        with open(file, "rb") as content:
            line = hashlib.sha256(content.read()).hexdigest()
        sums.update(f"{line}  {os.path.relpath(file, base)}\\n".encode(errors="replace"))
names = sorted({f"{d.metadata['Name']}=={d.version}" for d in m.distributions()})
version = next((n.partition("==")[2] for n in names if n.lower().startswith("reframe-hpc==")), "")
print("MILLWRIGHT " + json.dumps({"python": platform.python_version(), "packages": names, "reframe": version,
    "purelib": pure, "checks": sums.hexdigest()}))
"""


@dataclass(frozen=True, slots=True)
class Environment:
    """What is installed where a suite's checks start."""

    python: str
    reframe: str
    """Version; empty if it was not installed as a Python package."""
    packages: tuple[str, ...]
    purelib: PurePosixPath
    """Folder of what is installed."""
    checks_sha256: str


def environment_folder(machine: Machine, suite: Suite) -> PurePosixPath:
    """Where a suite's environment is; another list of packages is another environment.

    The path is relative to the folder of a session if the machine is not this one.
    """
    wanted = "\n".join(suite.requirements).encode()
    return machine.caches / FOLDER / f"{suite.name}-{hashlib.sha256(wanted).hexdigest()[:16]}"


def read_lock(suite: Suite) -> bytes:
    """The suite's lock; empty if it has none yet."""
    return suite.lock.read_bytes() if suite.lock.is_file() else b""


def reframe_of(machine: Machine, suite: Suite) -> PurePosixPath:
    """The suite's own command of ReFrame."""
    if suite.command:
        return PurePosixPath(suite.command)
    return environment_folder(machine, suite) / "bin" / "reframe"


def describe_environment(machine: Machine, suite: Suite, checks_folder: str, install: str) -> Environment:
    """Look at what is installed, and at the checks; `install` is the command that mends a lack.

    Raises :exc:`NotTestableError` if the environment is not there or can't be used.
    """
    reframe = reframe_of(machine, suite)
    python = reframe.with_name("python3" if suite.command else "python")
    script = '[ -x "$1" ] || { echo "error: $1 is not there"; exit 1; }; shift; exec "$@"'
    base = checks_folder if suite.folder else ""
    command = [str(python), "-c", DESCRIBE, base, *suite.paths]
    process = machine.start(["sh", "-c", script, "sh", str(reframe), *command], {"PYTHONPATH": ""})
    output, _ = process.communicate()
    lines = [line for line in output.splitlines() if line.startswith("MILLWRIGHT ")]
    if process.returncode != 0 or not lines:
        mend = f"install ReFrame as {suite.command}" if suite.command else install
        raise NotTestableError(
            f"the suite {suite.name} needs ReFrame {suite.reframe or suite.command}: {_last(output)}; {mend}",
            code="MW6454",
        )
    found = json.loads(lines[-1].removeprefix("MILLWRIGHT "))
    if differing := find_unlocked(read_lock(suite), found["packages"]):
        lacks = f"the environment of the suite {suite.name} lacks {', '.join(differing[:3])}"
        raise NotTestableError(f"{lacks} of {suite.lock.name}; {install}", code="MW6463")
    return Environment(
        python=str(found["python"]),
        reframe=str(found["reframe"]),
        packages=tuple(map(str, found["packages"])),
        purelib=PurePosixPath(found["purelib"]),
        checks_sha256=str(found["checks"]),
    )


def install_environment(machine: Machine, suite: Suite, wheels: str) -> bytes:
    """Make a suite's environment and return its lock: each package with version and hash.

    With a lock, exactly its packages are taken, else those that the suite names and what they need. `wheels`
    is a folder on the machine with all packages; empty for pip's own index. Raises :exc:`FailedError`.
    """
    before = read_lock(suite)
    machine.put(REQUIREMENTS, before or "\n".join([*suite.requirements, ""]).encode())
    folder = environment_folder(machine, suite)
    options = ["--require-hashes"] if before else []
    command = ["sh", "-c", INSTALL, "sh", str(folder), REQUIREMENTS, wheels, *options]
    process = machine.start(command, {"PYTHONPATH": "", "PYTHONNOUSERSITE": "1"})
    output, _ = process.communicate()
    if process.returncode != 0:
        raise FailedError(
            f"the environment of the suite {suite.name} could not be made: {_last(output)}", code="MW6455"
        )
    report, _ = machine.start(["cat", f"{folder}/report.json"], {}).communicate()
    return before or lock_of(json.loads(report))


def lock_of(report: Mapping[str, Any]) -> bytes:
    """A requirements file with hashes, from pip's report of what it installed."""
    entries = []
    for item in report["install"]:
        hashes = item["download_info"].get("archive_info", {}).get("hashes", {})
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        entries.append(f"{name}=={version} --hash=sha256:{hashes.get('sha256', '')}\n")
    return "".join(sorted(entries, key=str.lower)).encode()


def find_unlocked(lock: bytes, installed: Sequence[str]) -> tuple[str, ...]:
    """Packages of a lock that are not installed in its version.

    >>> find_unlocked(b"ReFrame_HPC==4.9.3 --hash=sha256:0", ["reframe-hpc==4.9.2"])
    ('ReFrame_HPC==4.9.3',)
    """
    there = {_canonical(each) for each in installed}
    wanted = [line.split()[0] for line in lock.decode(errors="replace").splitlines() if "==" in line]
    return tuple(each for each in wanted if _canonical(each) not in there)


def _canonical(pinned: str) -> str:
    name, _, version = pinned.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def _last(output: str) -> str:
    lines = [re.sub(r"[^\x20-\x7e]", "?", line) for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no output"])[-1][:MAX_REASON].strip()
