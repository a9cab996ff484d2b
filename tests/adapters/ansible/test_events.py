"""What the events of a run amount to."""

from pathlib import Path

import pytest

from millwright.adapters.ansible.events import FileChange, parse_event, summarize
from millwright.core.errors import ExitCode

LOG = Path("apply.log")


def stats(**hosts):
    names = ("ok", "changed", "failures", "unreachable")
    return {
        "event": "stats",
        "hosts": {host: dict(zip(names, counts, strict=True)) for host, counts in hosts.items()},
    }


def result(*events, status=0):
    return summarize(events, status=status, log=LOG, seconds=1.5)


@pytest.mark.parametrize(
    ("hosts", "status", "expected"),
    [
        ({"a": (3, 0, 0, 0), "b": (3, 2, 0, 0)}, 0, ExitCode.OK),
        ({"a": (3, 0, 1, 0), "b": (3, 2, 0, 0)}, 2, ExitCode.FAIL),
        ({"a": (3, 0, 0, 1), "b": (3, 2, 0, 0)}, 4, ExitCode.NOT_TESTED),
        ({"a": (3, 0, 0, 1), "b": (3, 2, 1, 0)}, 6, ExitCode.FAIL),
        ({"a": (3, 0, 0, 0)}, 250, ExitCode.FAIL),
        ({}, 0, ExitCode.OK),
    ],
    ids=["all well", "one failed", "one unreachable", "both", "Ansible broke at the end", "nothing to do"],
)
def test_exit_code(hosts, status, expected):
    assert result(stats(**hosts), status=status).exit_code == expected


def test_a_failed_host_stays_failed_although_it_changed_something():
    (host,) = result(stats(a=(3, 2, 1, 0))).hosts
    assert host.state == "failed"


def test_failures_carry_host_task_and_message():
    event = {
        "event": "result",
        "host": "a",
        "task": "Ensure x",
        "status": "failed",
        "message": "no space left",
    }
    (failure,) = result(event, {**event, "status": "ignored"}, {**event, "status": "ok"}).failures
    assert (failure.host, failure.task, failure.message) == ("a", "Ensure x", "no space left")


def test_equal_changes_of_many_hosts_are_told_once():
    def diff(host, text):
        return {"event": "diff", "host": host, "task": "Ensure x", "text": text}

    changes = result(diff("a", "+1"), diff("b", "+1"), diff("c", "+2")).changes
    assert changes == (FileChange("Ensure x", "+1", ("a", "b")), FileChange("Ensure x", "+2", ("c",)))


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '"text"'])
def test_what_is_no_event_is_refused(line):
    with pytest.raises(ValueError, match=r"."):
        parse_event(line)


def test_counts_that_are_missing_are_not_taken_for_success():
    with pytest.raises(TypeError, match="counts"):
        result({"event": "stats", "hosts": None})
