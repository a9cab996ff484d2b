"""A file on a host belongs to one role: two of them would change it back and forth."""

import itertools
import re
from pathlib import Path

import yaml

ROLES = Path(__file__).resolve().parents[2] / "playbooks" / "roles"
WRITERS = {
    "ansible.builtin.copy": "dest",
    "ansible.builtin.template": "dest",
    "ansible.builtin.assemble": "dest",
    "guarded_file": "path",
}
"""Modules that write a file whole, and the argument that names it."""


def tasks_in(content):
    """Every task of a file, also those inside blocks."""
    for task in content or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_in(task.get(part))


def written_by(role):
    """Paths that a role writes whole, with its own defaults filled in."""
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text()) or {}
    for file in sorted((role / "tasks").glob("*.yml")):
        for task in tasks_in(yaml.safe_load(file.read_text())):
            for writer, argument in WRITERS.items():
                if writer in task and task.get("delegate_to") != "localhost":
                    yield re.sub(
                        r"\{\{ (\w+) \}\}",
                        lambda found: str(defaults.get(found[1], found[0])),
                        task[writer][argument],
                    )


def test_no_two_roles_write_one_file():
    owners = {}
    for role in sorted(path for path in ROLES.iterdir() if (path / "defaults" / "main.yml").exists()):
        for path in written_by(role):
            owners.setdefault(path, set()).add(role.name)
    assert {"/etc/ssh/ssh_host_ed25519_key-cert.pub", "/etc/ssh/sshd_config.d/60-millwright.conf"} <= set(
        owners
    )
    shared = {path: names for path, names in owners.items() if len(names) > 1 and "item" not in path}
    assert not shared


def test_blocks_are_looked_into():
    task = {"ansible.builtin.copy": {"dest": "/x"}}
    assert list(itertools.islice(tasks_in([{"block": [task]}]), 1, None)) == [task]
