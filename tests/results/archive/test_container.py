"""Archives written whole or not at all, and with equal bytes for equal content."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

from millwright.core.errors import BadInputError, NotTestableError
from millwright.results.archive import container
from millwright.results.archive.bag import find_bag_problems
from millwright.results.archive.container import write_bag
from millwright.results.archive.unpack import unpack

SUFFIXES = ["bag.zip", "bag.tar.gz", "bag"]


@pytest.fixture
def payload(tmp_path):
    source = tmp_path / "source.txt"
    source.write_text("raw output\n" * 1000)
    return {"results/x/raw.txt": source, "archive.json": b"{}"}


@pytest.mark.parametrize("name", SUFFIXES)
def test_what_was_written_is_a_valid_bag_of_the_same_bytes(tmp_path, payload, name):
    write_bag(tmp_path / name, "rack-1", payload, {})
    (tmp_path / "out").mkdir()
    bag = unpack(tmp_path / name, tmp_path / "out")
    assert list(find_bag_problems(bag)) == []
    assert (bag / "data/results/x/raw.txt").read_bytes() == payload["results/x/raw.txt"].read_bytes()


@pytest.mark.parametrize("name", SUFFIXES[:2])
def test_equal_content_gives_equal_bytes(tmp_path, payload, name):
    write_bag(tmp_path / name, "rack-1", payload, {"A": "b"})
    os.utime(payload["results/x/raw.txt"], (1, 1))
    payload["results/x/raw.txt"].chmod(0o400)
    again = tmp_path / "again"
    again.mkdir()
    write_bag(again / f"other-{name}", "rack-1", dict(reversed(payload.items())), {"A": "b"})
    assert (again / f"other-{name}").read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("name", SUFFIXES)
def test_an_archive_is_never_overwritten(tmp_path, payload, name):
    write_bag(tmp_path / name, "rack-1", payload, {})
    with pytest.raises(BadInputError, match="MW6281"):
        write_bag(tmp_path / name, "rack-1", payload, {})


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_full_disk_leaves_nothing(tmp_path, payload, name):
    payload["results/x/raw.txt"].write_bytes(os.urandom(300_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    target = tmp_path / "target"
    target.mkdir()
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        with pytest.raises(NotTestableError, match="could not be written"):
            write_bag(target / name, "rack-1", payload, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, previous)
    assert list(target.iterdir()) == []


def test_a_folder_that_does_not_exist_is_named(tmp_path, payload):
    with pytest.raises(NotTestableError, match="No such file"):
        write_bag(tmp_path / "none/bag.zip", "rack-1", payload, {})


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_link_in_the_run_is_not_followed(tmp_path, name):
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(BadInputError, match="MW6283"):
        write_bag(tmp_path / name, "rack-1", {"results/x": tmp_path / "link"}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


KILLED = """
import sys, time
from pathlib import Path
from millwright.results.archive import container
folder = Path(sys.argv[1])
def stop(*_):
    print("here", flush=True)
    time.sleep(60)
container.tag_files = stop
container.write_bag(folder / sys.argv[2], "rack-1", {"a": b"x" * 1000000}, {})
"""


@pytest.mark.parametrize("name", SUFFIXES)
def test_killed_in_the_middle_there_is_no_archive_of_that_name(tmp_path, name):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), name], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.wait()
    assert not (tmp_path / name).exists()
    assert all(path.name.endswith(".partial") for path in tmp_path.iterdir())
    write_bag(tmp_path / name, "rack-1", {"a": b"x"}, {})


def test_a_file_that_grows_while_it_is_archived_is_refused(tmp_path, payload, monkeypatch):
    real = container.Summing.read

    def grow(self, size=-1, /):
        with payload["results/x/raw.txt"].open("ab") as file:
            file.write(b"more")
            file.flush()
        time.sleep(0)
        return real(self, size)

    monkeypatch.setattr(container.Summing, "read", grow)
    with pytest.raises(NotTestableError, match="changed while it was archived"):
        write_bag(tmp_path / "bag", "rack-1", {"results/x": payload["results/x/raw.txt"]}, {})
