"""Ansible callback ``declared``: one JSON object a line about what each task declares on each host."""

import json
import os
from typing import Any, TextIO

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: declared
type: notification
short_description: Writes what tasks declare as JSON lines
description:
  - Writes for every task and host the role, the module and those of its arguments that say what is declared
    (paths, names, owners, states) to the file that C(MILLWRIGHT_DECLARED) names.
  - Never writes content. Of tasks with C(no_log) it writes nothing but paths, owners and states.
requirements:
  - to be named in C(ANSIBLE_CALLBACKS_ENABLED)
"""

PLACES = ("dest", "path", "name", "mode", "owner", "group", "state", "enabled", "force", "remote_src")
"""Arguments that say where and how, never what."""
OPEN = (
    *("src", "pkg", "masked", "recurse", "marker", "marker_begin", "marker_end", "line", "regexp", "deb"),
    *("creates", "paths", "excludes", "age", "patterns", "settings", "services", "commands", "untested"),
    *("controllers", "step", "standby", "cluster"),
)
"""Arguments of tasks that are no secret."""
ALIASES = {"service": "name", "unit": "name", "package": "name"}


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible ships no hints
    """Follows a run from within Ansible."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "declared"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._recorded, self._lost = 0, 0
        self._stream: TextIO | None = None
        path = os.environ.get("MILLWRIGHT_DECLARED")
        if path:
            self._stream = open(path, "a", encoding="utf-8")  # noqa: SIM115, PTH123 - open as long as Ansible runs
        else:
            self.disabled = True

    def _record(self, result: Any, status: str) -> None:  # noqa: ANN401 - the interface is Ansible's
        if type(result.task).__name__ != "Handler":
            try:
                self._write(self._line(result, status))
                self._recorded += 1
            except Exception:  # Ansible would only warn, and half a record must never look whole
                self._lost += 1
                raise

    def _write(self, line: dict[str, Any]) -> None:
        if self._stream:
            self._stream.write(json.dumps(line, default=str) + "\n")
            self._stream.flush()

    def _line(self, result: Any, status: str) -> dict[str, Any]:  # noqa: ANN401
        task = result.task
        arguments = _arguments(result)
        return {
            "host": result.host.get_name(),
            "roles": _roles_of(task),
            "tags": sorted(str(tag) for tag in task.tags),
            "task": str(task.name or task.action),
            "module": str(result.task_fields.get("action") or task.action).removeprefix("ansible.builtin."),
            "status": status,
            "arguments": arguments,
            "reads_only": task.changed_when == [False] or _written(task).get("check_mode") is False,
            "delegated": bool(task.delegate_to),
        }

    def v2_runner_on_ok(self, result: Any) -> None:  # noqa: ANN401, D102 - the interface is Ansible's
        if not result.task.loop and "results" not in result.result:
            self._record(result, "ok")

    def v2_runner_item_on_ok(self, result: Any) -> None:  # noqa: ANN401, D102
        self._record(result, "ok")

    def v2_runner_on_skipped(self, result: Any) -> None:  # noqa: ANN401, D102
        self._record(result, "skipped")

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401, ARG002, D102
        self._write({"end": True, "recorded": self._recorded, "lost": self._lost})


def _written(task: Any) -> dict[str, Any]:  # noqa: ANN401
    """The task as it is in its file: a default is no promise."""
    written = task.get_ds()
    return dict(written) if isinstance(written, dict) else {}


def _roles_of(task: Any) -> list[str]:  # noqa: ANN401
    """Roles around a task, the outermost first."""
    names, part = [], task
    while part is not None:
        role = getattr(part, "_role", None)
        if role is not None:
            names.append(role.get_name(include_role_fqcn=False))
        part = getattr(part, "_parent", None)
    return list(dict.fromkeys(reversed(names)))


def _arguments(result: Any) -> dict[str, Any]:  # noqa: ANN401
    given = result.task_fields.get("args") or {}
    silent = bool(result.task_fields.get("no_log")) or bool(result.result.get("_ansible_no_log"))
    silent = silent or "censored" in result.result
    allowed = PLACES if silent else (*PLACES, *OPEN)
    found = {ALIASES.get(key, key): value for key, value in given.items() if ALIASES.get(key, key) in allowed}
    if not silent:  # where a copy into a folder went
        found |= {f"reached_{key}": result.result[key] for key in ("dest", "path") if key in result.result}
    return dict(json.loads(json.dumps(found, default=str)))
