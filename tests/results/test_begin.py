"""A run is on record before its first job, with a number that no other run has."""

import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from millwright.core.errors import BadInputError, FailedError, NotTestableError
from millwright.results import begin
from millwright.results.begin import begin_run
from millwright.results.begun import read_begun
from millwright.results.chain import read_chain
from millwright.results.manifest import sum_file
from millwright.results.run_info import ExpectedValue

YAML = b"plugin: facility\n"
FIRST, SECOND = "20261123T172147Z-1a2b3c4d", "20261124T000000Z-ffffffff"


@pytest.fixture
def records(tmp_path):
    return tmp_path / "rack" / ".begun"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def sign_by_copy(path):
    path.with_name(f"{path.name}.sig").write_bytes(path.read_bytes())


def test_the_record_holds_what_the_run_set_out_to_do(tmp_path, run_info, records):
    expected = (ExpectedValue("cpu", "Gemm", "fp64_rate", "rack-c1"),)
    begun = begin_run(tmp_path, replace(run_info, expected=expected), YAML, checks=b"{}")
    assert (begun.number, begun.previous) == (1, "")
    record = read_begun(records / f"{FIRST}.json")
    assert (record.run_id, record.facility, record.number) == (FIRST, "rack", 1)
    assert (record.started, record.expected) == (run_info.started, expected)
    (tmp_path / "facility.yaml").write_bytes(YAML)
    assert record.facility_sha256 == sum_file(tmp_path / "facility.yaml")
    assert (records / f"{FIRST}.json").stat().st_mode & 0o777 == 0o444


def test_the_signature_is_over_the_record_as_it_is_kept(tmp_path, run_info, records):
    begin_run(tmp_path, run_info, YAML, sign_by_copy)
    assert names(records) == [".lock", f"{FIRST}.json", f"{FIRST}.json.sig"]
    assert (records / f"{FIRST}.json.sig").read_bytes() == (records / f"{FIRST}.json").read_bytes()


def test_a_run_follows_the_record_of_one_that_was_never_stored(tmp_path, run_info, records):
    begin_run(tmp_path, run_info, YAML)
    second = begin_run(tmp_path, replace(run_info, run_id=SECOND), YAML)
    assert (second.number, second.previous) == (2, sum_file(records / f"{FIRST}.json"))
    chain = read_chain(tmp_path, "rack")
    assert [link.state for link in chain.links] == ["begun only", "begun only"]
    assert chain.findings == ()
    assert chain.newest is None


def test_a_run_that_goes_on_keeps_its_number(tmp_path, run_info):
    first = begin_run(tmp_path, run_info, YAML)
    begin_run(tmp_path, replace(run_info, run_id=SECOND), YAML)
    assert begin_run(tmp_path, run_info, YAML) == first


def test_a_run_that_goes_on_with_another_facility_file_is_refused(tmp_path, run_info):
    begin_run(tmp_path, run_info, YAML)
    with pytest.raises(BadInputError, match="its facility file differs from its begun record"):
        begin_run(tmp_path, run_info, YAML + b"#")


def test_a_folder_that_cannot_be_written_is_found_before_any_job(tmp_path, run_info):
    (tmp_path / "rack").write_text("a file in the place of the folder")
    with pytest.raises(NotTestableError, match="can't be written, so no job was started"):
        begin_run(tmp_path, run_info, YAML)


@pytest.mark.parametrize("step", ["_flush", "_settle"])
def test_a_full_disk_leaves_no_record_and_takes_no_number(tmp_path, run_info, records, monkeypatch, step):
    def full(_path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(begin, step, full)
    with pytest.raises(NotTestableError, match="No space left"):
        begin_run(tmp_path, run_info, YAML, sign_by_copy)
    monkeypatch.undo()
    assert not [name for name in names(records) if name.startswith(".2") or name.endswith(".partial")]


def test_a_key_that_cannot_sign_leaves_no_record(tmp_path, run_info, records):
    def refuse(path: Path) -> None:
        raise FailedError(f"no key for {path}", code="MW9001")

    with pytest.raises(FailedError, match="no key"):
        begin_run(tmp_path, run_info, YAML, refuse)
    assert names(records) == [".lock"]


KILLED = """
import os, signal, sys
from pathlib import Path
from millwright.results import begin
from millwright.results.run_info import RunInfo

def sign(path):
    step("sign")
    path.with_name(path.name + ".sig").write_bytes(path.read_bytes())
    step("signed")

steps = iter(range(100))
def step(_name):
    if next(steps) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

def before(name, real):
    def call(*arguments, **more):
        step(name)
        return real(*arguments, **more)
    return call

begin._settle = before("settle", begin._settle)
begin._flush = before("flush", begin._flush)
begin.read_chain = before("read", begin.read_chain)
Path.replace = before("replace", Path.replace)
Path.write_bytes = before("write", Path.write_bytes)
begin.begin_run(Path(sys.argv[1]), RunInfo("20261123T172147Z-1a2b3c4d", "rack", "a", "", "0"), b"", sign)
"""


def test_killed_at_any_step_a_record_is_whole_and_signed_or_not_there(tmp_path, run_info):
    """After each kill another run begins: the chain is unbroken and no number is given twice."""
    for step in range(40):
        root = tmp_path / str(step)
        done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(step)], check=False)
        folder = root / "rack" / ".begun"
        record = folder / f"{FIRST}.json"
        if record.exists():
            assert json.loads(record.read_text())["number"] == 1
            assert (folder / f"{FIRST}.json.sig").exists()
        after = begin_run(root, replace(run_info, run_id=SECOND), YAML)
        assert after.number == (2 if record.exists() else 1)
        assert read_chain(root, "rack").findings == ()
        assert not list(folder.glob("*.partial*"))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert step >= 10, "not every step was tried"


TOGETHER = """
import os, sys
from pathlib import Path
from millwright.results.begin import begin_run
from millwright.results.run_info import RunInfo
sys.stdin.readline()
for each in range(5):
    run_id = f"20261123T172147Z-{os.getpid():06x}{each:02x}"
    begin_run(Path(sys.argv[1]), RunInfo(run_id, "rack", "a", "", "0"), b"")
"""


def test_runs_that_begin_at_once_get_different_numbers(tmp_path):
    command = [sys.executable, "-c", TOGETHER, str(tmp_path)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ}) for _ in range(4)]
    for process in started:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait() for process in started] == [0] * 4
    chain = read_chain(tmp_path, "rack")
    assert [link.number for link in chain.links] == list(range(1, 21))
    assert chain.findings == ()
