"""Ansible module ``group_quotas``: limits of groups on a file system that is mounted here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: group_quotas
short_description: Limits of groups on a file system
description:
  - Reads the limits that are set, compares, and sets only those that differ. Limits of other groups stay.
  - Lustre is asked and set through C(lfs), a local file system through C(repquota) and C(setquota).
options:
  mount: {description: Mount point., type: path, required: true}
  kind: {description: Whose tools are used., type: str, choices: [lustre, local], required: true}
  quotas:
    description: "C(gid), C(space_kib) and C(files) of each group, 0 for no limit."
    type: list
    elements: dict
    required: true
attributes:
  check_mode: {support: full, description: Says which limits would be set.}
  diff_mode: {support: full, description: One line a group before and after.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure the quota of a project
  group_quotas:
    mount: /scratch
    kind: lustre
    quotas: [{gid: 71234, space_kib: 524288000, files: 0}]
"""

RETURN = r"""
commands: {description: Commands that were run or would be., type: list, returned: always}
"""

Limits = tuple[int, int]
"""Hard limits of space in KiB and of files; 0 for none."""


def read_lfs(text: str) -> Limits:
    """What ``lfs quota -q -g`` prints of one group; marks beside exceeded values are left out."""
    words = [word.rstrip("*") for word in text.split()]
    numbers = [int(word) for word in words[1:] if word.isdecimal()]
    if len(numbers) < 6:
        message = f"not understood: {text.strip()[:200]!r}"
        raise ValueError(message)
    return numbers[2], numbers[5]


def read_repquota(text: str) -> dict[int, Limits]:
    """What ``repquota -g -n -p -O csv`` prints, by group id."""
    lines = [line.split(",") for line in text.splitlines() if line.strip()]
    head = next((line for line in lines if "BlockHardLimit" in line), None)
    if head is None:
        message = f"not understood: {text.strip()[:200]!r}"
        raise ValueError(message)
    space, files = head.index("BlockHardLimit"), head.index("FileHardLimit")
    rows = (line for line in lines if len(line) == len(head) and line[0].lstrip("#").isdecimal())
    return {int(row[0].lstrip("#")): (int(row[space]), int(row[files])) for row in rows}


def command(kind: str, mount: str, quota: Mapping[str, Any]) -> list[str]:
    """How one group's limits are set."""
    gid, space, files = str(quota["gid"]), str(quota["space_kib"]), str(quota["files"])
    if kind == "lustre":
        return ["lfs", "setquota", "-g", gid, "-b", "0", "-B", f"{space}K", "-i", "0", "-I", files, mount]
    return ["setquota", "-g", gid, "0", space, "0", files, mount]


def different(
    quotas: Sequence[Mapping[str, Any]], found: Mapping[int, Limits]
) -> Iterator[tuple[Mapping[str, Any], Limits]]:
    """Quotas that are not as found, with what was found."""
    for quota in quotas:
        limits = found.get(int(quota["gid"]), (0, 0))
        if limits != (int(quota["space_kib"]), int(quota["files"])):
            yield quota, limits


def main() -> None:
    """Entry point for Ansible."""
    arguments = {
        "mount": {"type": "path", "required": True},
        "kind": {"type": "str", "choices": ["lustre", "local"], "required": True},
        "quotas": {"type": "list", "elements": "dict", "required": True},
    }
    module = AnsibleModule(argument_spec=arguments, supports_check_mode=True)
    mount, kind, quotas = (module.params[key] for key in ("mount", "kind", "quotas"))

    def run(argv: Sequence[str]) -> str:
        return str(module.run_command(list(argv), check_rc=True)[1])

    try:
        if kind == "lustre":
            found = {
                int(each["gid"]): read_lfs(run(["lfs", "quota", "-q", "-g", str(each["gid"]), mount]))
                for each in quotas
            }
        else:
            found = read_repquota(run(["repquota", "-g", "-n", "-p", "-O", "csv", mount]))
    except ValueError as error:
        module.fail_json(msg=f"quotas of {mount}: {error}")
    rows = list(different(quotas, found))
    commands = [command(kind, mount, quota) for quota, _ in rows]
    if not module.check_mode:
        for argv in commands:
            run(argv)
    module.exit_json(
        changed=bool(commands),
        commands=commands,
        diff={
            "before": "".join(f"{q['gid']}: {space} KiB, {files} files\n" for q, (space, files) in rows),
            "after": "".join(f"{q['gid']}: {q['space_kib']} KiB, {q['files']} files\n" for q, _ in rows),
        },
    )


if __name__ == "__main__":
    main()
