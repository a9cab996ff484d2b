"""Ansible module ``unix_people``: the facility's people on a host, and those who left it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.former_people import Person, former_people, read_passwd

DOCUMENTATION = r"""
module: unix_people
short_description: People of the facility with the same id on every host, and people who left it
description:
  - Makes users that are not there. Nobody's id is ever changed.
  - Locks whoever left the facility (the account expires, the shell is C(nologin)); files, home and running
    jobs stay. Whoever comes back is unlocked.
  - Removes whoever left and is named in C(removed); refused while processes of that user run.
  - Knows people by C(comment) and the range of ids, so that the host's other users are never touched.
options:
  people: {description: People with C(name) and C(uid)., type: list, elements: dict, required: true}
  comment: {description: Comment by which people of the facility are known., type: str, required: true}
  home: {description: Folder of home folders., type: path, required: true}
  shell: {description: Login shell., type: path, required: true}
  removed:
    description: People who left and are to be removed, each with C(account) or C(account_and_home).
    type: dict
    default: {}
  groups:
    description: Groups of accounts, each with C(name), C(gid) and C(members), who are exactly these.
    type: list
    elements: dict
    default: []
  holds_homes: {description: Whether homes are removed on this host., type: bool, default: false}
attributes:
  check_mode: {support: full, description: Says who would be made, locked, unlocked or removed.}
  diff_mode: {support: full, description: One line a person before and after.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure the people of the facility
  unix_people:
    people: [{name: ada, uid: 22152}]
    comment: Millwright rack
    home: /shared/home
    shell: /bin/bash
"""

RETURN = r"""
former: {description: Names of those who left and have an account still., type: list, returned: always}
"""

NOLOGIN = "/usr/sbin/nologin"
EXPIRED = "1"


class Change(NamedTuple):
    """One person's way to the declared state."""

    name: str
    before: str
    after: str
    command: tuple[str, ...]
    """Empty where people are made, all at once."""


def read_expiry(text: str) -> dict[str, str]:
    """When accounts of ``/etc/shadow`` expire, in days since 1970; empty for never."""
    rows = (line.split(":") for line in text.splitlines())
    return {row[0]: row[7] for row in rows if len(row) >= 8}


def changes(params: Mapping[str, Any], passwd: str, shadow: str) -> list[Change]:
    """What differs from the declared state, people to make first."""
    found = {person.name: person for person in read_passwd(passwd)}
    expiry, declared = read_expiry(shadow), [each["name"] for each in params["people"]]
    left = former_people(passwd, params["comment"], declared)
    return [
        *(Change(name, "absent", "present", ()) for name in declared if name not in found),
        *_restored(params, [found[name] for name in declared if name in found], expiry),
        *_left(params, left, expiry),
    ]


def _restored(
    params: Mapping[str, Any], people: Sequence[Person], expiry: Mapping[str, str]
) -> Iterator[Change]:
    for person in people:
        if person.comment == params["comment"] and expiry.get(person.name) == EXPIRED:
            command = ("usermod", "--expiredate", "", "--shell", params["shell"], person.name)
            yield Change(person.name, "locked", "present", command)


def _left(params: Mapping[str, Any], people: Sequence[Person], expiry: Mapping[str, str]) -> Iterator[Change]:
    for person in people:
        locked = expiry.get(person.name) == EXPIRED and person.shell == NOLOGIN
        before = "locked" if locked else "present"
        if person.name in params["removed"]:
            yield Change(person.name, before, "absent", ("userdel", person.name))
        elif not locked:
            command = ("usermod", "--expiredate", EXPIRED, "--shell", NOLOGIN, person.name)
            yield Change(person.name, before, "locked", command)


def group_changes(params: Mapping[str, Any], text: str) -> list[Change]:
    """Groups that are not there or have other members."""
    rows = (line.split(":") for line in text.splitlines())
    found = {row[0]: (row[2], [name for name in row[3].split(",") if name]) for row in rows if len(row) == 4}
    changed = []
    for group in params["groups"]:
        name, gid, members = group["name"], str(group["gid"]), list(group["members"])
        after = f"group {gid} of {', '.join(members) or 'nobody'}"
        if name not in found:
            changed.append(Change(name, "absent", after, ("groupadd", "--gid", gid, name)))
        elif found[name][0] != gid:
            message = f"group {name} has the id {found[name][0]} here, expected {gid}; rename or remove it"
            raise ValueError(message)
        if name not in found or sorted(found[name][1]) != sorted(members):
            before = f"group {gid} of {', '.join(found[name][1]) or 'nobody'}" if name in found else "absent"
            if name in found or members:
                changed.append(Change(name, before, after, ("gpasswd", "--members", ",".join(members), name)))
    return changed


def homes_to_remove(params: Mapping[str, Any], names: Sequence[str]) -> list[Path]:
    """Homes of people who are gone and whose homes are to go as well, on the host that holds them."""
    if not params["holds_homes"]:
        return []
    wanted = [name for name, what in params["removed"].items() if what == "account_and_home"]
    folders = [Path(params["home"], name) for name in wanted if name not in names and os.sep not in name]
    return [folder for folder in folders if folder.is_dir() and not folder.is_symlink()]


def sysusers(params: Mapping[str, Any], names: Sequence[str]) -> str:
    """Lines of sysusers.d(5) for people who are not there."""
    rows = [each for each in params["people"] if each["name"] in names]
    comment, home, shell = params["comment"], params["home"], params["shell"]
    lines = (f'u {row["name"]} {row["uid"]} "{comment}" {home}/{row["name"]} {shell}\n' for row in rows)
    return "".join(lines)


def main() -> None:
    """Entry point for Ansible."""
    arguments = {
        "people": {"type": "list", "elements": "dict", "required": True},
        "comment": {"type": "str", "required": True},
        "home": {"type": "path", "required": True},
        "shell": {"type": "path", "required": True},
        "removed": {"type": "dict", "default": {}},
        "groups": {"type": "list", "elements": "dict", "default": []},
        "holds_homes": {"type": "bool", "default": False},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    params, passwd = module.params, Path("/etc/passwd").read_text(encoding="utf-8")
    found = changes(params, passwd, Path("/etc/shadow").read_text(encoding="utf-8"))
    try:
        groups = group_changes(params, Path("/etc/group").read_text(encoding="utf-8"))
    except ValueError as error:
        module.fail_json(msg=str(error))
    declared = [each["name"] for each in params["people"]]
    homes = homes_to_remove(params, declared)
    if not module.check_mode:
        if new := [change.name for change in found if not change.command]:
            module.run_command(["systemd-sysusers", "-"], data=sysusers(params, new), check_rc=True)
        for change in (*found, *groups):
            if change.command:
                module.run_command(list(change.command), check_rc=True)
        for folder in homes:
            shutil.rmtree(folder)
    rows = [*found, *groups, *(Change(str(folder), "present", "absent", ()) for folder in homes)]
    module.exit_json(
        changed=bool(rows),
        former=[person.name for person in former_people(passwd, params["comment"], declared)],
        diff={
            "before": "".join(f"{row.name}: {row.before}\n" for row in rows),
            "after": "".join(f"{row.name}: {row.after}\n" for row in rows),
        },
    )


if __name__ == "__main__":
    main()
