"""What inherited a lock and belongs to a run is ended; what only looks like it is not."""

import os
import subprocess

import pytest

from millwright.adapters.ansible.leftover_workers import end_leftovers

MARKER = "MILLWRIGHT_EVENTS=/somewhere/run-1"


@pytest.fixture
def start(tmp_path):
    processes = []

    def begin(lock, marker, command=("sleep", "60")):
        name, _, value = marker.partition("=")
        held = (lock.fileno(),) if lock else ()
        processes.append(subprocess.Popen(command, pass_fds=held, env={**os.environ, name: value}))
        return processes[-1]

    yield begin
    for process in processes:
        process.kill()
        process.wait()


def test_only_processes_of_the_run_that_hold_its_lock_are_ended(tmp_path, start):
    with (tmp_path / "lock").open("w") as lock, (tmp_path / "other").open("w") as other:
        ours = start(lock, MARKER)
        spared = [
            start(lock, MARKER + "0"),  # another run, which only tries the lock
            start(other, MARKER),
            start(None, MARKER),  # a connection that the next run uses again
        ]
        end_leftovers(lock.fileno(), MARKER)
        assert ours.wait(1) == -15
        assert [process.poll() for process in spared] == [None, None, None]


def test_one_that_does_not_listen_is_killed(tmp_path, start, monkeypatch):
    monkeypatch.setattr("millwright.adapters.ansible.leftover_workers.GRACE_S", 0.3)
    script = "trap '' TERM; echo; while :; do sleep 1; done"
    with (tmp_path / "lock").open("w") as lock:
        deaf = start(lock, MARKER, ("sh", "-c", script))
        end_leftovers(lock.fileno(), MARKER)
        assert deaf.wait(1) in {-9, -15}
