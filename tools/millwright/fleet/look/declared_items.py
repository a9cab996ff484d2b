"""What a task declared on a host, as things that a look at the host can find: pure data, without Ansible."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

Thing = Mapping[str, Any]
"""``kind``, ``of``, ``wants`` and ``seal``, as :mod:`millwright.fleet.look.program` describes them."""

Task = Mapping[str, Any]
"""One line of the callback ``declared``."""

HOST: Thing = {
    "kind": "host",
    "of": {},
    "wants": {"systemd": True},
    "seal": ["hostname", "system", "architecture"],
}
"""What the playbooks assume about a host, so that a host that became another one is noticed."""

PROOF = "verify"
"""Role that proves at the end that jobs run; it declares nothing."""
ATTRIBUTES = ("mode", "owner", "group")
OCTAL = re.compile(r"0[0-7]{3}")
READERS = frozenset(
    [
        *("add_host", "assert", "debug", "fail", "find", "gather_facts", "getent", "group_by"),
        *("import_role", "import_tasks", "include_role", "include_tasks", "include_vars", "meta"),
        *("package_facts", "pause", "ping", "service_facts", "set_fact", "setup", "slurp", "stat"),
        *("directory_people", "slurm_nodes", "validate_argument_spec", "wait_for", "wait_for_connection"),
    ]
)
"""Modules that change nothing on a host."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one role declared on one host."""

    things: tuple[Thing, ...]
    unseen: tuple[str, ...]
    """Tasks whose state no look at the host can find."""
    proved: tuple[str, ...]
    """Such tasks of a role that tells its own proof, which a look repeats."""


def declarations(tasks: Iterable[Task]) -> dict[str, dict[str, Declaration]]:
    """What each role declared on each host, in the order of the tasks: ``{host: {role: declaration}}``."""
    by_role: dict[str, dict[str, list[Task]]] = {}
    for task in tasks:
        if task["roles"] and task["roles"][0] != PROOF and not task["delegated"]:
            by_role.setdefault(task["host"], {}).setdefault(task["roles"][0], []).append(task)
    return {
        host: {role: _declaration(found) for role, found in roles.items()} for host, roles in by_role.items()
    }


def _declaration(tasks: Sequence[Task]) -> Declaration:
    things: dict[object, Thing] = {}
    hidden: list[str] = []
    for task in tasks:
        if task["status"] == "skipped":
            continue
        found = tuple(things_of(task))
        for thing in found:
            key = (thing["kind"], repr(sorted(thing["of"].items())))
            things.pop(key, None)  # the last task about a thing counts, as it does on the host
            things[key] = thing
        if not found and is_unseen(task):
            hidden.append(str(task["task"]))
    names = tuple(dict.fromkeys(hidden))
    is_proved = any(thing["kind"] == "answer" and "output" not in thing["seal"] for thing in things.values())
    return Declaration(tuple(things.values()), () if is_proved else names, names if is_proved else ())


def is_unseen(task: Task) -> bool:
    """Whether a task that told no thing may have changed something."""
    module = task["module"]
    if module in READERS or module in {"reached_state", "slurm_configuration", *PACKAGE_MODULES}:
        return False
    return not (task["reads_only"] and module in {"command", "shell", "uri"})


def things_of(task: Task) -> Iterator[Thing]:
    """What a look at the host can find of a task's state."""
    translate = TRANSLATIONS.get(task["module"])
    if translate:
        yield from translate(task["arguments"])


def thing(kind: str, of: Mapping[str, Any], wants: Mapping[str, Any], seal: Iterable[str] = ()) -> Thing:
    """A thing as it is written to a file."""
    return {"kind": kind, "of": dict(of), "wants": dict(wants), "seal": list(seal)}


def _attributes(arguments: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Declared attributes: a mode in digits is what it says, the others are told by the host itself."""
    declared = {name: str(arguments[name]) for name in ATTRIBUTES if arguments.get(name) is not None}
    wants = {name: text for name, text in declared.items() if name == "mode" and OCTAL.fullmatch(text)}
    return wants, [name for name in declared if name not in wants]


def _file(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    path = str(arguments.get("path") or arguments.get("dest") or arguments.get("name") or "")
    state = str(arguments.get("state") or "file")
    wants, seal = _attributes(arguments)
    of = {"path": path}
    if state == "absent":
        yield thing("path", of, {"exists": False})
    elif state == "link":
        yield thing("path", of, {"type": "link", "target": str(arguments.get("src"))})
    elif state == "directory":
        yield thing("path", of, {"exists": True, **wants}, ["type", *seal])
        if arguments.get("recurse"):
            return
    else:
        yield thing("path", of, {"exists": True, **wants}, seal)


def _content(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    path = str(arguments.get("reached_dest") or arguments.get("reached_path") or arguments.get("dest") or "")
    source = str(arguments.get("src") or "")
    if path.endswith("/") and source:
        path = str(PurePosixPath(path) / PurePosixPath(source).name)
    wants, seal = _attributes(arguments)
    if arguments.get("force") is not False:  # where it is, whatever is there stays
        seal += ["type", "digest"]
    yield thing("path", {"path": path}, {"exists": True, **wants}, seal)


def _copy(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    if str(arguments.get("src") or "").endswith("/"):
        yield thing("tree", {"path": str(arguments.get("dest"))}, {}, ["digest"])
    else:
        yield from _content(arguments)


def _block(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    marker = str(arguments.get("marker") or "# {mark} ANSIBLE MANAGED BLOCK")
    path = str(arguments.get("path") or arguments.get("dest"))
    words = {
        "begin": str(arguments.get("marker_begin") or "BEGIN"),
        "end": str(arguments.get("marker_end") or "END"),
    }
    of = {"path": path, **{name: marker.replace("{mark}", word) for name, word in words.items()}}
    blocks = 0 if arguments.get("state") == "absent" else 1
    yield thing("block", of, {"blocks": blocks}, ["digest"])
    wants, seal = _attributes(arguments)
    if wants or seal:
        yield thing("path", {"path": path}, {"exists": True, **wants}, seal)


def _line(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    if arguments.get("line") is None:
        return
    of = {"path": str(arguments.get("path") or arguments.get("dest")), "line": str(arguments["line"])}
    yield thing("line", of, {"there": arguments.get("state") != "absent"})


def _packages(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    named = arguments.get("name") or arguments.get("pkg") or []
    state = arguments.get("state") or "present"
    for name in named.split(",") if isinstance(named, str) else named:
        of = {"name": re.split(r"[=<>]", str(name).strip())[0].removesuffix(":any")}
        yield thing("package", of, {"installed": state not in {"absent", "removed"}})


ACTIVE = {"started": True, "restarted": True, "reloaded": True, "stopped": False}


def _service(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    wants = {}
    if arguments.get("state") in ACTIVE:
        wants["active"] = ACTIVE[str(arguments["state"])]
    for argument, attribute in (("enabled", "enabled"), ("masked", "masked")):
        if arguments.get(argument) is not None:
            wants[attribute] = _is_true(arguments[argument])
    if arguments.get("name") and wants:
        yield thing("service", {"name": str(arguments["name"])}, wants)


def _is_true(value: object) -> bool:
    return str(value).lower() in {"true", "yes", "on", "1"}


def _user(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    of = {"name": str(arguments["name"])}
    if arguments.get("state") == "absent":
        yield thing("user", of, {"exists": False})
    else:
        yield thing("user", of, {"exists": True}, ["uid", "gid", "home", "shell"])


def _group(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    is_there = arguments.get("state") != "absent"
    yield thing("group", {"name": str(arguments["name"])}, {"exists": is_there}, ["gid"] if is_there else [])


def _command(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    if arguments.get("creates"):
        yield thing("path", {"path": str(arguments["creates"])}, {"exists": True})


def _unarchive(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    yield thing("tree", {"path": str(arguments.get("dest"))}, {}, ["digest"])


def _find(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    """A search for everything but a list of names: what follows removes it, so the names are the state."""
    if arguments.get("excludes") and not arguments.get("age"):
        paths = arguments.get("paths") or []
        for path in [paths] if isinstance(paths, str) else paths:
            yield thing("entries", {"path": str(path)}, {}, ["names"])


OPEN_GRANTS = "open grants"
OPEN_GRANT = r"^([^|]+)\|\|(?:[^|]*,)?billing=[^|]*\|(?!0\|)[^|]*\|(?!0$)[^|]*$"
"""An account (no user) with granted hours, of which jobs may start and be submitted."""


def _accounting(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    """What slurmdbd holds, as it was after the last good run: also what somebody added is a difference.

    A grant that left the facility before its end is none, since nobody asked to close it: open ones are
    told by name.
    """
    for entity in ("qos", "associations"):
        argv = ["sacctmgr", "--noheader", "--parsable2", "show", entity]
        yield thing("answer", {"argv": argv, "means": f"{entity} in slurmdbd"}, {"good": True}, ["output"])
    columns = "Account,User,GrpTRESMins,GrpJobs,GrpSubmit"
    where = [f"cluster={arguments['cluster']}", "WOPLimits", f"format={columns}"]
    argv = ["sacctmgr", "--noheader", "--parsable2", "show", "associations", *where]
    yield thing("names", {"name": OPEN_GRANTS, "argv": argv, "finds": OPEN_GRANT}, {})


def _slurm_daemon(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    """A daemon that runs, from the unit as it stands, asking these controllers."""
    name = str(arguments["name"])
    yield thing("service", {"name": name}, {"active": True, "enabled": True, "fresh": True})
    of = {"name": name, "argument": ",".join(map(str, arguments.get("controllers") or ()))}
    yield thing("process", of, {"runs_with_it": True})


def _slurm_configuration(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    """A controller that follows its files; a backup reads them when it starts."""
    if arguments.get("step") != "follow":
        return
    yield thing("service", {"name": "slurmctld"}, {"active": True})
    if not _is_true(arguments.get("standby")):
        means = "the controller follows its files"
        of = {"argv": ["scontrol", "show", "config"], "prints": r"HASH_VAL\s+= Match", "means": means}
        yield thing("answer", of, {"good": True})


def _reached_state(arguments: Mapping[str, Any]) -> Iterator[Thing]:
    """The proof of a role, repeated by every look."""
    for name in arguments.get("services") or ():
        yield thing("service", {"name": str(name)}, {"active": True, "enabled": True})
    for name, value in (arguments.get("settings") or {}).items():
        yield thing("setting", {"name": str(name)}, {"value": " ".join(str(value).split())})
    for command in arguments.get("commands") or ():
        of = {key: command[key] for key in ("argv", "stdin", "prints", "means") if command.get(key)}
        if command.get("environment"):
            of["environment"] = {key: str(value) for key, value in command["environment"].items()}
        yield thing("answer", of, {"good": True})


PACKAGE_MODULES = frozenset({"apt", "dnf", "package", "yum", "zypper", "community.general.zypper"})
TRANSLATIONS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Thing]]] = {
    "file": _file,
    "copy": _copy,
    **dict.fromkeys(("template", "assemble", "get_url", "revoked_keys"), _content),
    "blockinfile": _block,
    "lineinfile": _line,
    **dict.fromkeys(PACKAGE_MODULES, _packages),
    **dict.fromkeys(("systemd_service", "systemd", "service"), _service),
    "user": _user,
    "group": _group,
    **dict.fromkeys(("command", "shell"), _command),
    "unarchive": _unarchive,
    "find": _find,
    "reached_state": _reached_state,
    "slurm_accounting": _accounting,
    "slurm_daemon": _slurm_daemon,
    "slurm_configuration": _slurm_configuration,
}
