"""Two commands on one rack: the second waits, says so, and gives up after a while."""

import subprocess
import sys

import pytest

from millwright.core.errors import NotTestableError
from millwright.rack.lock import exclusive

HOLDER = """
import fcntl, sys, time
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


def hold(path, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process


def test_the_second_waits_until_the_first_is_done(tmp_path):
    path, said = tmp_path / "lock", []
    with hold(path, 1), exclusive(path, said.append, 10):
        assert any("another command" in text for text in said)


def test_the_second_gives_up_clearly(tmp_path):
    path = tmp_path / "lock"
    process = hold(path, 30)
    with pytest.raises(NotTestableError, match="locked"), exclusive(path, print, 0.2):
        pass
    process.kill()
    process.wait()


def test_a_holder_that_dies_frees_the_rack(tmp_path):
    path = tmp_path / "lock"
    process = hold(path, 30)
    process.kill()
    process.wait()
    with exclusive(path, print, 0):
        pass
