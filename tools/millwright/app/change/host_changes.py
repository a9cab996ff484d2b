"""Changes and failures that Ansible reports, as JSON documents carry them."""

from collections.abc import Iterable

from millwright.adapters.ansible.events import ApplyResult
from millwright.app.document import Part


class TaskChange(Part):
    """Lines of files that a task changes in the same way on some hosts."""

    task: str
    text: str
    """The change as a diff."""
    hosts: tuple[str, ...]


class TaskFailure(Part):
    """A task that failed on one host, or could not reach it."""

    host: str
    task: str
    message: str


def changes_in(results: Iterable[ApplyResult]) -> tuple[TaskChange, ...]:
    """Changes of several runs, equal ones once."""
    merged: dict[tuple[str, str], tuple[str, ...]] = {}
    for result in results:
        for change in result.changes:
            key = (change.task, change.text)
            merged[key] = (*merged.get(key, ()), *change.hosts)
    return tuple(TaskChange(task=task, text=text, hosts=hosts) for (task, text), hosts in merged.items())


def failures_in(results: Iterable[ApplyResult]) -> tuple[TaskFailure, ...]:
    """Failures of several runs in their order."""
    return tuple(
        TaskFailure(host=failure.host, task=failure.task, message=failure.message)
        for result in results
        for failure in result.failures
    )
