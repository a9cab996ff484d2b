"""No foreign process is ever signalled."""

import os
import signal
import subprocess
import time

import pytest

from millwright.rack.processes import (
    argv_of,
    depth_pids,
    is_alive,
    is_first_of_container,
    name_of,
    send_signal,
    start_time,
)


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_a_process_is_known_by_pid_and_start(sleeper):
    started = start_time(sleeper.pid)
    assert started > 0
    assert is_alive(sleeper.pid, started)
    assert not is_alive(sleeper.pid, started + 1)


def test_a_later_process_with_the_same_pid_is_left_alone(sleeper):
    send_signal(sleeper.pid, start_time(sleeper.pid) - 1, signal.SIGKILL)
    time.sleep(0.1)
    assert sleeper.poll() is None


def test_the_very_process_is_signalled(sleeper):
    send_signal(sleeper.pid, start_time(sleeper.pid), signal.SIGTERM)
    assert sleeper.wait(5) == -signal.SIGTERM


def test_a_process_that_ended_but_was_not_waited_for_is_not_alive(sleeper):
    started = start_time(sleeper.pid)
    sleeper.kill()
    time.sleep(0.2)
    assert not is_alive(sleeper.pid, started)
    send_signal(sleeper.pid, started, signal.SIGTERM)


def test_a_process_that_never_was_has_no_start():
    assert start_time(2**22 + 1) == 0
    assert not is_alive(2**22 + 1, 0)
    send_signal(2**22 + 1, 5, signal.SIGTERM)


@pytest.mark.parametrize("name", ["plain", "a) S 1 2 3 (b", "two words", ")))"])
def test_the_start_is_found_whatever_the_program_calls_itself(tmp_path, name):
    (tmp_path / "7").mkdir()
    fields = " ".join(str(number) for number in range(4, 53))
    (tmp_path / "7" / "stat").write_text(f"7 ({name}) S {fields}\n")
    assert start_time(7, tmp_path) == 22


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("NSpid:\t900", False),
        ("NSpid:\t900\t1", True),
        ("NSpid:\t900\t27", False),
        ("NSpid:\t900\t40\t1", False),
        ("", False),
    ],
)
def test_only_our_containers_first_process_counts_as_one(tmp_path, line, first):
    (tmp_path / "900").mkdir()
    (tmp_path / "900" / "status").write_text(f"Name:\tsystemd\n{line}\n")
    assert is_first_of_container(900, tmp_path) is first


def test_what_is_told_about_ourselves():
    pid = os.getpid()
    assert depth_pids(pid)[0] == pid
    assert argv_of(pid)
    assert name_of(pid)
    assert argv_of(2**22 + 1) == ()
    assert name_of(2**22 + 1) == ""
    assert depth_pids(2**22 + 1) == ()
