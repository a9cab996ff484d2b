"""A plan tells the truth: no change of a role is skipped in silence in check mode."""

from pathlib import Path

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "playbooks/roles"
FILES = sorted(path for path in ROLES.glob("*/tasks/*.yml") if path.stem not in {"verify", "confirm"})
SKIPPED_IN_CHECK_MODE = ("command", "shell", "raw", "script", "expect")
PART_OF_ANOTHER_PLAY = {"munge/tasks/rotate.yml"}
"""Tasks of `rotate_munge_key.yml`, which has no plan."""


def tasks(nodes):
    for node in nodes or []:
        yield node
        for part in ("block", "rescue", "always"):
            yield from tasks(node.get(part))


def is_skipped(task):
    """Ansible itself looks in check mode for what a command creates or removes."""
    names = {name.removeprefix("ansible.builtin."): value for name, value in task.items()}
    commands = [names[name] for name in SKIPPED_IN_CHECK_MODE if name in names]
    predicted = any(isinstance(each, dict) and {"creates", "removes"} & each.keys() for each in commands)
    return bool(commands) and not predicted and task.get("check_mode") is not False


def is_a_proof(task):
    """What only asks and waits: nothing of it is a change."""
    return task.get("changed_when") is False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROLES)))
def test_no_change_is_skipped_in_check_mode(path):
    if str(path.relative_to(ROLES)) in PART_OF_ANOTHER_PLAY:
        return
    silent = [
        task["name"]
        for task in tasks(yaml.safe_load(path.read_text()))
        if is_skipped(task) and not is_a_proof(task)
    ]
    assert silent == [], "use needed_command, a module, or check_mode: false for what only reads"


def test_the_command_of_ours_says_in_check_mode_that_it_would_change():
    text = (ROLES.parent / "library/needed_command.py").read_text()
    assert "supports_check_mode=True" in text
    assert "changed=True, msg=" in text
