"""Ansible callback ``progress``: one JSON object a line about what happens, for ``millwright apply``."""

import json
import os
import time
from typing import Any, TextIO

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: progress
type: notification
short_description: Writes events as JSON lines
description:
  - Writes the beginning of plays and tasks, every result and the final counts to the file that
    C(MILLWRIGHT_EVENTS) names.
  - The output that people read stays as it is. Tasks with C(no_log) give their status only.
requirements:
  - to be named in C(ANSIBLE_CALLBACKS_ENABLED)
"""


MAX_CHARACTERS = 2000


def message_of(values: dict[str, Any]) -> str:
    """Why a task failed, in the words of the module and of the program that it ran; each reason once."""
    failed = [item for item in values.get("results") or [] if item.get("failed")]
    reasons = [message_of(item) for item in failed] or [
        *(str(values.get(key) or "").strip() for key in ("msg", "stderr")),
        *errors_in(str(values.get("module_stderr") or "")),
    ]
    message = "\n".join(dict.fromkeys(reason for reason in reasons if reason))
    return (message or str(values.get("stdout") or values.get("censored") or ""))[:MAX_CHARACTERS]


def errors_in(traceback: str) -> list[str]:
    """The errors that a module died of, first cause first, without the lines of code between them."""
    lines = (line for line in traceback.splitlines() if line and not line[0].isspace())
    return [line.strip() for line in lines if "Error:" in line or "Exception:" in line]


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible ships no hints
    """Follows a run from within Ansible."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._stream: TextIO | None = None
        path = os.environ.get("MILLWRIGHT_EVENTS")
        if path:
            self._stream = open(path, "a", encoding="utf-8")  # noqa: SIM115, PTH123 - open as long as Ansible runs
        else:
            self.disabled = True

    def _emit(self, event: str, **details: object) -> None:
        if self._stream:
            self._stream.write(json.dumps({"event": event, "at": round(time.time(), 3), **details}) + "\n")
            self._stream.flush()

    def v2_playbook_on_start(self, playbook: Any) -> None:  # noqa: ANN401, D102 - the interface is Ansible's
        self._emit("start", plays=len(playbook.get_plays()))

    def v2_playbook_on_play_start(self, play: Any) -> None:  # noqa: ANN401, D102
        self._emit("play", name=play.get_name())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ANN401, ARG002, D102
        self._emit("task", name=task.get_name())

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:  # noqa: ANN401, D102
        self._emit("task", name=task.get_name())

    def _result(self, status: str, result: Any) -> None:  # noqa: ANN401
        host, task = result.host.get_name(), result.task.get_name()
        message = {"message": message_of(result.result)} if status in {"failed", "unreachable"} else {}
        self._emit("result", host=host, task=task, status=status, **message)

    def v2_runner_on_ok(self, result: Any) -> None:  # noqa: ANN401, D102
        self._result("changed" if result.result.get("changed") else "ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ANN401, D102
        self._result("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:  # noqa: ANN401, D102
        self._result("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:  # noqa: ANN401, D102
        self._result("skipped", result)

    def v2_on_file_diff(self, result: Any) -> None:  # noqa: ANN401, D102
        for values in result.result.get("results", [result.result]):
            text = self._text_of(values) if values.get("changed") else ""
            if text:
                self._emit("diff", host=result.host.get_name(), task=result.task.get_name(), text=text)

    def _text_of(self, values: dict[str, Any]) -> str:
        """The diff under the name of the changed file; that of a temporary one differs by host."""
        found = values.get("diff") or []
        parts = [dict(part) for part in (found if isinstance(found, list) else [found])]
        name = str(values.get("dest") or values.get("path") or "")
        for part in parts:
            part.update(before_header=name, after_header=name)
        return str(self._get_diff(parts))

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ANN401, D102
        self._emit("stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})
