"""Looks at one host: what differs from its declared state, as one line of JSON. Changes nothing.

Sent to hosts as it stands and fed to their Python, so it uses nothing but the standard library of
Python 3.8. Paths, names and arguments reach it as JSON: no shell ever sees them.

A *thing* is ``{"kind": ..., "of": {...}, "wants": {attribute: value}, "seal": [attribute, ...]}``. What
``wants`` names is compared; what ``seal`` names is told as it is, for the next look to compare. Names that
a command tells are told as they are, for the reader to judge.
Contents are told as keyed digests only (HMAC-SHA-256), so that a short secret can't be guessed from one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import stat
import subprocess
import time
from typing import Any, Callable, Dict, Mapping, Sequence, Tuple  # noqa: UP035 - Python 3.8 runs this too

MARK = "millwright-look: "
ANSWER_TIMEOUT_S = 30
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CHUNK_BYTES = 1 << 20
UNIT_PROPERTIES = "LoadState,ActiveState,UnitFileState,NeedDaemonReload,MainPID"
MISSING = "missing"
LEFT_OUT_OF_TREES = ("__pycache__",)

Found = Dict[str, Any]  # noqa: UP006 - as above
Run = Callable[..., Tuple[int, str]]  # noqa: UP006


class Untested(Exception):  # noqa: N818 - no error: a thing that can't be seen here
    """Why a thing can't be looked at on this host."""


class Host:
    """The host as it is: where its files begin, how its commands are run, the key of its digests."""

    def __init__(self, root: str, key: bytes, run: Run) -> None:
        self.root = root
        self.key = key
        self.run = run
        self.units: dict[str, dict[str, str]] = {}
        self.packages: dict[str, bool] = {}

    def path(self, path: str) -> str:
        """A declared path below the root."""
        return os.path.join(self.root, path.lstrip("/"))  # noqa: PTH118 - pathlib costs start-up time

    def digest(self, content: bytes) -> str:
        """Keyed digest of some content."""
        return hmac.new(self.key, content, hashlib.sha256).hexdigest()

    def digest_file(self, path: str) -> str:
        """Keyed digest of a file's content."""
        total = hmac.new(self.key, digestmod=hashlib.sha256)
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
                total.update(chunk)
        return total.hexdigest()


def run_command(
    argv: Sequence[str],
    data: str = "",
    variables: Mapping[str, str] | None = None,
    timeout_s: float = ANSWER_TIMEOUT_S,
) -> tuple[int, str]:
    """Exit status and output of a command that only reads; raises :exc:`Untested` where it did not end."""
    # A port or a number of seconds comes as a number from YAML; Ansible makes it text, too.
    given = {name: str(value) for name, value in (variables or {}).items()}
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": SEARCH_PATH, **given}
    try:
        done = subprocess.run(
            [str(word) for word in argv],
            input=data.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Untested(f"{argv[0]} did not end within {timeout_s:g} s") from None
    except OSError as error:
        return 127, str(error)
    return done.returncode, done.stdout.decode(errors="replace")


def _kind_of(mode: int) -> str:
    for name, matches in (("file", stat.S_ISREG), ("directory", stat.S_ISDIR), ("link", stat.S_ISLNK)):
        if matches(mode):
            return name
    return "special"


def look_at_path(of: Mapping[str, Any], asked: Sequence[str], host: Host) -> Found:
    """Type, mode, owner, group, link target and content of one path."""
    path = host.path(of["path"])
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {"exists": False, "type": MISSING}
    found: Found = {"exists": True, "type": _kind_of(status.st_mode)}
    if found["type"] == "link":
        found["target"] = os.readlink(path)  # noqa: PTH115 - as above
        try:
            status = os.stat(path)  # noqa: PTH116 - the file behind the link is what a reader meets
        except OSError:
            return found
    found["mode"] = f"{stat.S_IMODE(status.st_mode):04o}"
    found["owner"], found["group"] = _owner(status.st_uid), _group(status.st_gid)
    if "digest" in asked and stat.S_ISREG(status.st_mode):
        found["digest"] = host.digest_file(path)
    return found


def _owner(number: int) -> str:
    import pwd  # noqa: PLC0415 - asked for only where an owner is

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    import grp  # noqa: PLC0415 - as above

    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def look_at_block(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """The lines between two markers of a file that others write as well."""
    lines = _lines(host.path(of["path"]))
    begins = [number for number, line in enumerate(lines) if line == of["begin"]]
    ends = [number for number, line in enumerate(lines) if line == of["end"]]
    if len(begins) != 1 or len(ends) != 1 or begins[0] > ends[0]:
        return {"blocks": min(len(begins), len(ends)), "digest": MISSING}
    return {"blocks": 1, "digest": host.digest("\n".join(lines[begins[0] + 1 : ends[0]]).encode())}


def look_at_line(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Whether a line is in a file."""
    return {"there": of["line"] in _lines(host.path(of["path"]))}


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123 - as above
            return file.read().split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return []


def look_at_entries(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Which names a folder holds."""
    try:
        names = sorted(os.listdir(host.path(of["path"])))  # noqa: PTH208 - as above
    except (FileNotFoundError, NotADirectoryError):
        return {"names": MISSING}
    return {"names": host.digest(json.dumps(names).encode())}


def look_at_tree(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Every file below a folder, with its content."""
    top = host.path(of["path"])
    if not os.path.isdir(top):  # noqa: PTH112 - as above
        return {"digest": MISSING}
    total: list[list[str]] = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT_OF_TREES)
        for name in sorted(files):
            path = os.path.join(folder, name)  # noqa: PTH118
            link = os.path.islink(path)  # noqa: PTH114
            total.append([path[len(top) :], os.readlink(path) if link else host.digest_file(path)])  # noqa: PTH115
    return {"digest": host.digest(json.dumps(total).encode())}


def load_units(names: Sequence[str], host: Host) -> None:
    """Ask systemd for all units at once."""
    if not names:
        return
    code, output = host.run(["systemctl", "show", f"--property={UNIT_PROPERTIES}", "--", *names])
    if code:
        raise Untested("systemctl can't tell the state of services")
    blocks = [block for block in re.split(r"\n\s*\n", output.strip()) if block]
    for name, block in zip(names, blocks):  # noqa: B905 - Python 3.8 has no strict
        host.units[name] = dict(line.split("=", 1) for line in block.split("\n") if "=" in line)


ENABLED = {"enabled", "enabled-runtime", "alias", "static", "indirect", "generated", "linked"}


def look_at_service(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Whether a service runs, and whether it starts with the host."""
    unit = host.units.get(of["name"])
    if unit is None:
        raise Untested("systemctl does not tell the state of services")
    return {
        "active": unit.get("ActiveState") in {"active", "reloading"},
        "enabled": unit.get("UnitFileState") in ENABLED,
        "masked": unit.get("LoadState") == "masked",
        "fresh": unit.get("NeedDaemonReload") != "yes",
    }


def look_at_process(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Whether the process of a service was started with an argument."""
    unit = host.units.get(of["name"])
    if unit is None:
        raise Untested("systemctl does not tell the state of services")
    path = host.path("/proc/" + (unit.get("MainPID") or "0") + "/cmdline")
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            words = re.split(r"[\0=]", file.read().decode(errors="replace"))
    except FileNotFoundError:
        return {"runs_with_it": False}
    return {"runs_with_it": of["argument"] in words}


DPKG_STATUS = "/var/lib/dpkg/status"
DPKG_STANZA = re.compile(r"^Package: (\S+)\nStatus: (.+)$", re.MULTILINE)
DPKG_PROVIDES = re.compile(r"^Provides: (.+)$", re.MULTILINE)


def load_packages(names: Sequence[str], host: Host) -> None:
    """Ask the package manager for all packages at once."""
    status = host.path(DPKG_STATUS)
    if os.path.exists(status):  # noqa: PTH110 - as above
        with open(status, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            host.packages.update(installed_by_dpkg(file.read()))
    elif names:
        for name in names:
            code, _ = host.run(["rpm", "--query", "--quiet", "--whatprovides", "--", name])
            host.packages[name] = code == 0


def installed_by_dpkg(status: str) -> dict[str, bool]:
    """Installed packages of dpkg's status file, and the names that they provide."""
    installed = {}
    for stanza in status.split("\n\n"):
        found = DPKG_STANZA.search(stanza)
        if found and found.group(2).endswith(" ok installed"):
            installed[found.group(1)] = True
            provided = DPKG_PROVIDES.search(stanza)
            for name in provided.group(1).split(",") if provided else ():
                installed[name.split("(")[0].strip()] = True
    return installed


def look_at_package(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Whether a package is installed."""
    return {"installed": host.packages.get(of["name"], False)}


def look_at_setting(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """The value of a kernel setting now, blanks between numbers counting as one."""
    path = host.path("/proc/sys/" + of["name"].replace(".", "/"))
    try:
        with open(path, encoding="ascii", errors="replace") as file:  # noqa: PTH123
            return {"value": " ".join(file.read().split())}
    except FileNotFoundError:
        return {"value": MISSING}


def look_at_user(of: Mapping[str, Any], _asked: Sequence[str], _host: Host) -> Found:
    """Ids, home folder and shell of a user, wherever the host keeps its users."""
    import pwd  # noqa: PLC0415 - as above

    try:
        user = pwd.getpwnam(of["name"])
    except KeyError:
        return {"exists": False}
    return {
        "exists": True,
        "uid": user.pw_uid,
        "gid": user.pw_gid,
        "home": user.pw_dir,
        "shell": user.pw_shell,
    }


def look_at_group(of: Mapping[str, Any], _asked: Sequence[str], _host: Host) -> Found:
    """Id of a group."""
    import grp  # noqa: PLC0415 - as above

    try:
        return {"exists": True, "gid": grp.getgrnam(of["name"]).gr_gid}
    except KeyError:
        return {"exists": False}


def look_at_answer(of: Mapping[str, Any], asked: Sequence[str], host: Host) -> Found:
    """Whether a command that only reads says what it should; its output is told as a digest only."""
    code, output = host.run(of["argv"], of.get("stdin") or "", of.get("environment"))
    pattern = of.get("prints")
    found: Found = {
        "good": code == 0 and (not pattern or re.search(pattern, output, re.MULTILINE) is not None)
    }
    if "output" in asked:
        found["output"] = host.digest("\n".join(sorted(output.split("\n"))).encode())
    return found


def look_at_names(of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """Names in the answer of a command; whether they should be there is not judged here."""
    code, output = host.run(of["argv"])
    if code:
        raise Untested(f"{of['argv'][0]} ended with {code}")
    return {"named": sorted({found.group(1) for found in re.finditer(of["finds"], output, re.MULTILINE)})}


def look_at_host(_of: Mapping[str, Any], _asked: Sequence[str], host: Host) -> Found:
    """What the roles take the host for."""
    try:
        with open(host.path("/etc/os-release"), encoding="utf-8") as file:  # noqa: PTH123
            release = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)"?$', file.read(), re.MULTILINE))
    except FileNotFoundError:
        release = {}
    return {
        "hostname": os.uname().nodename.split(".")[0],
        "system": f"{release.get('ID', '')} {release.get('VERSION_ID', '')}",
        "architecture": os.uname().machine,
        "systemd": os.path.isdir(host.path("/run/systemd/system")),  # noqa: PTH112
    }


KINDS = {
    "path": look_at_path,
    "block": look_at_block,
    "line": look_at_line,
    "entries": look_at_entries,
    "tree": look_at_tree,
    "service": look_at_service,
    "process": look_at_process,
    "package": look_at_package,
    "setting": look_at_setting,
    "user": look_at_user,
    "group": look_at_group,
    "answer": look_at_answer,
    "names": look_at_names,
    "host": look_at_host,
}


def look(order: Mapping[str, Any], run: Run = run_command) -> dict[str, Any]:
    """Everything that differs, everything that can't be seen, and what was asked to be told."""
    host = Host(order.get("root", "/"), bytes.fromhex(order["key"]), run)
    things = order["things"]
    for kinds, load in ((("service", "process"), load_units), (("package",), load_packages)):
        try:
            load(sorted({thing["of"]["name"] for thing in things if thing["kind"] in kinds}), host)
        except (Untested, OSError):
            continue  # each of these things says so itself
    differs: list[list[Any]] = []
    untested: list[list[Any]] = []
    sealed: dict[str, Found] = {}
    names: dict[str, list[str]] = {}
    for number, thing in enumerate(things):
        wants, seal = thing.get("wants") or {}, thing.get("seal") or []
        try:
            found = KINDS[thing["kind"]](thing["of"], [*wants, *seal], host)
        except (Untested, OSError, ValueError) as error:
            untested.append([number, str(error)])
            continue
        for name in sorted(wants):
            if found.get(name, MISSING) != wants[name]:
                differs.append([number, name, wants[name], found.get(name, MISSING)])
        if found.get("named"):
            names[str(number)] = found["named"]
        if seal:
            sealed[str(number)] = {name: found.get(name, MISSING) for name in seal}
    report = {"differs": differs, "untested": untested, "sealed": sealed, "names": names}
    return {**report, "clock_s": time.time()}


def main(order: str) -> None:
    """Look as ordered and print one line."""
    print(MARK + json.dumps(look(json.loads(order))))
