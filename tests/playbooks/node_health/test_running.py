"""Checks in processes of their own: one that hangs or breaks holds up nothing else."""

import time

from node_health.reading import CouldNotTestError
from node_health.running import Moment, run_checks

EXPECTED = {"check_timeout_s": 0.6, "hung_after_s": 600}


def good(node, expected):
    return iter(())


def faulty(node, expected):
    yield "FS_MISSING", "/scratch"


def blind(node, expected):
    raise CouldNotTestError("no such file")


def broken(node, expected):
    raise KeyError("a defect")


def hanging(node, expected):
    time.sleep(60)
    return iter(())


def run(checks, memory=None, now_s=1000.0):
    found = {} if memory is None else memory
    return run_checks(checks, None, EXPECTED, found, Moment(now_s, time.monotonic))


def test_every_check_answers_for_itself():
    began = time.monotonic()
    results = run({"a": good, "b": faulty, "c": blind, "d": broken, "e": hanging})
    assert time.monotonic() - began < 10
    assert results["a"] == {"faults": [], "could_not_test": None}
    assert results["b"] == {"faults": [["FS_MISSING", "/scratch"]], "could_not_test": None}
    assert results["c"]["could_not_test"] == "no such file"
    assert results["d"]["could_not_test"] == "KeyError: 'a defect'"
    assert results["e"] == {"faults": [], "could_not_test": "no answer in time"}


def test_a_process_that_waits_is_asked_again_by_nobody_and_becomes_a_fault():
    """What waits for a dead file server can't be killed; another process stands in for it here."""
    import os
    import signal

    from node_health.running import _start_time

    pid = os.fork()
    if pid == 0:
        signal.pause()
        os._exit(0)
    try:
        entry = {"pid": pid, "since_s": 1000.0, "start": _start_time(pid)}
        memory = {"stuck": {"file_system /scratch": entry}}
        early = run({"file_system /scratch": faulty}, memory, now_s=1300.0)
        assert early == {
            "file_system /scratch": {"faults": [], "could_not_test": "still waiting since 300 s"}
        }
        late = run({"file_system /scratch": faulty}, memory, now_s=1600.0)
        assert late == {"file_system /scratch": {"faults": [["FS_HUNG", "/scratch"]], "could_not_test": None}}
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    again = run({"file_system /scratch": good}, memory, now_s=1900.0)
    assert again == {"file_system /scratch": {"faults": [], "could_not_test": None}}
    assert memory["stuck"] == {}
