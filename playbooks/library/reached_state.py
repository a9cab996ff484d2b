"""Ansible module ``reached_state``: look at all that a role declared, and list everything that differs."""

from __future__ import annotations

import grp
import pwd
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
module: reached_state
short_description: Assertions on what a host is, all in one task
description:
  - Looks at files, services, kernel settings and what commands print. Nothing is changed.
  - A task for each assertion would cost a round trip each; this costs one, and names every difference.
options:
  files:
    description: Files that are there, with what is asked of them.
    type: list
    elements: dict
    default: []
    suboptions:
      path: {description: Path., type: path, required: true}
      kind: {description: What it is., type: str, choices: [file, directory, link, absent], default: file}
      mode: {description: "Mode in octal digits, as C(0644).", type: str}
      owner: {description: Name of the owner., type: str}
      group: {description: Name of the group., type: str}
      holds: {description: Lines that are in it., type: list, elements: str, default: []}
      target: {description: Where a link points to., type: str}
  services:
    description: Units of systemd that run now and after a boot.
    type: list
    elements: str
    default: []
  settings:
    description: Kernel settings with their values, blanks between numbers counting as one.
    type: dict
    default: {}
  commands:
    description: Commands that end with exit code 0.
    type: list
    elements: dict
    default: []
    suboptions:
      argv: {description: Command and arguments., type: list, elements: str, required: true}
      stdin: {description: What it is given to read., type: str}
      prints: {description: Regular expression found in its output., type: str}
      means: {description: "What it shows, for the message where it does not.", type: str, required: true}
      environment: {description: Variables added to its environment., type: dict, default: {}}
  untested:
    description: What can't be seen on this host; told as a warning, so that nobody takes it for proved.
    type: list
    elements: str
    default: []
  remedy:
    description: What to do where something differs.
    type: str
    default: Apply the facility again; if it stays, the log of the service says why.
attributes:
  check_mode: {support: full, description: Only reads.}
author: Millwright
"""

EXAMPLES = r"""
- name: Check that MUNGE runs with its key
  reached_state:
    files: [{path: /etc/munge/munge.key, mode: "0400", owner: munge}]
    services: [munge]
"""

RETURN = r"""
differences:
  description: Everything that is otherwise than declared.
  type: list
  returned: always
  sample: [munge is inactive]
untested:
  description: What could not be seen.
  type: list
  returned: always
"""

Run = Callable[..., "tuple[int, str, str]"]
KINDS = {"file": stat.S_ISREG, "directory": stat.S_ISDIR, "link": stat.S_ISLNK}
LAST_WORDS = 300
"""Characters of a command's output in a message."""


def file_differences(wanted: Mapping[str, Any]) -> Iterator[str]:
    """How one path differs from what is wanted of it."""
    path = Path(wanted["path"])
    try:
        found = path.lstat()
    except FileNotFoundError:
        if wanted["kind"] != "absent":
            yield f"{path} is missing"
        return
    if wanted["kind"] == "absent":
        yield f"{path} is there, and should not be"
        return
    if not KINDS[wanted["kind"]](found.st_mode):
        yield f"{path} is no {wanted['kind']}"
        return
    mode = f"{stat.S_IMODE(found.st_mode):04o}"
    if wanted.get("mode") and wanted["mode"].zfill(4) != mode:
        yield f"{path} has mode {mode}, not {wanted['mode']}"
    if wanted.get("owner") and _name(pwd.getpwuid, found.st_uid) != wanted["owner"]:
        yield f"{path} belongs to {_name(pwd.getpwuid, found.st_uid)}, not {wanted['owner']}"
    if wanted.get("group") and _name(grp.getgrgid, found.st_gid) != wanted["group"]:
        yield f"{path} has group {_name(grp.getgrgid, found.st_gid)}, not {wanted['group']}"
    if wanted.get("target") and str(path.readlink()) != wanted["target"]:
        yield f"{path} points to {path.readlink()}, not {wanted['target']}"
    yield from _missing_lines(path, wanted.get("holds") or ())


def _name(look_up: Callable[[int], Sequence[Any]], number: int) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)


def _missing_lines(path: Path, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    held = {line.rstrip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()}
    for line in lines:
        if line.rstrip() not in held:
            yield f"{path} lacks the line {line!r}"


def service_differences(services: Sequence[str], run: Run) -> Iterator[str]:
    """Which units of systemd do not run, or would not after a boot."""
    for service in services:
        for question, answers in (("is-active", {"active"}), ("is-enabled", {"enabled", "alias", "static"})):
            state = run(["systemctl", question, "--", service])[1].strip() or "unknown"
            if state not in answers:
                yield f"{service} is {state}"


def setting_differences(settings: Mapping[str, object], root: Path = Path("/proc/sys")) -> Iterator[str]:
    """Which kernel settings have another value."""
    for name, value in sorted(settings.items()):
        path = root / name.replace(".", "/")
        found = path.read_text(encoding="ascii").split() if path.exists() else None
        if found is None:
            yield f"the kernel has no setting {name}"
        elif found != str(value).split():
            yield f"{name} is {' '.join(found)}, not {value}"


def command_differences(wanted: Mapping[str, Any], run: Run) -> Iterator[str]:
    """What one command does not show."""
    extra = {key: str(value) for key, value in (wanted.get("environment") or {}).items()}
    code, output, errors = run(wanted["argv"], data=wanted.get("stdin"), environ_update=extra)
    message = (errors.strip() or output.strip())[-LAST_WORDS:]
    if code != 0:
        yield f"{wanted['means']}: not so; {wanted['argv'][0]} ended with {code}: {message}"
    elif wanted.get("prints") and not re.search(wanted["prints"], output, re.MULTILINE):
        yield f"{wanted['means']}: not so; {wanted['argv'][0]} printed: {output.strip()[-LAST_WORDS:]}"


def find_differences(params: Mapping[str, Any], run: Run) -> list[str]:
    """Everything that differs from what a role declared."""
    return [
        *(text for wanted in params["files"] for text in file_differences(wanted)),
        *service_differences(params["services"], run),
        *setting_differences(params["settings"]),
        *(text for wanted in params["commands"] for text in command_differences(wanted, run)),
    ]


def _argument_spec() -> dict[str, Any]:
    texts = {"type": "list", "elements": "str", "default": []}
    file_options = {
        "path": {"type": "path", "required": True},
        "kind": {"type": "str", "choices": [*KINDS, "absent"], "default": "file"},
        **{name: {"type": "str"} for name in ("mode", "owner", "group", "target")},
        "holds": texts,
    }
    command_options = {
        "argv": {"type": "list", "elements": "str", "required": True},
        "stdin": {"type": "str"},
        "prints": {"type": "str"},
        "means": {"type": "str", "required": True},
        "environment": {"type": "dict", "default": {}},
    }
    return {
        "files": {"type": "list", "elements": "dict", "default": [], "options": file_options},
        "services": texts,
        "settings": {"type": "dict", "default": {}},
        "commands": {"type": "list", "elements": "dict", "default": [], "options": command_options},
        "untested": texts,
        "remedy": {
            "type": "str",
            "default": "Apply the facility again; if it stays, the log of the service says why.",
        },
    }


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(argument_spec=_argument_spec(), supports_check_mode=True)

    def run(argv: Sequence[str], **options: object) -> tuple[int, str, str]:
        try:
            status, output, errors = module.run_command(list(argv), handle_exceptions=False, **options)
        except OSError as error:
            return 127, "", str(error)
        return status, output, errors

    differences = find_differences(module.params, run)
    untested = module.params["untested"]
    for text in untested:
        module.warn(f"not tested: {text}")
    result = {"changed": False, "differences": differences, "untested": untested}
    if differences:
        module.fail_json(msg=f"{'; '.join(differences)}. {module.params['remedy']}", **result)
    module.exit_json(msg="as declared", **result)


if __name__ == "__main__":
    main()
