import errno
import json
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError, FailedError
from millwright.results import storing
from millwright.results.runs import list_runs, load_run
from millwright.results.session import open_session
from millwright.results.storing import store_run
from millwright.results.verification import verify_run


@pytest.fixture
def write(session_folder, run_info, rack_file):
    """Store a run of the session, with everything but the folder given."""

    def store(root, info=run_info, sign=None):
        return store_run(
            root,
            info,
            rack_file.read_bytes(),
            [open_session(session_folder)],
            sign,
            registry=shipped_checks(),
        )

    return store


@pytest.fixture
def sessions(session_folder):
    return [open_session(session_folder)]


def digest(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def later(info):
    return replace(info, run_id="20261124T000000Z-ffffffff")


def test_a_run_folder_holds_everything_verbatim(stored_run, session_folder, rack_file):
    assert stored_run.name == "20261123T172147Z-1a2b3c4d"
    assert stored_run.parent.name == "rack"
    assert (stored_run / "facility.yaml").read_bytes() == rack_file.read_bytes()
    seat = stored_run / "sessions" / "rack-login"
    assert (seat / "run-report.json").read_bytes() == session_folder.report.read_bytes()
    kept = seat / "raw/rack/cpu/gnu/Gemm/rfm_job.out"
    assert kept.read_bytes() == (session_folder.stage / "rack/cpu/gnu/Gemm/rfm_job.out").read_bytes()
    info = json.loads((stored_run / "run.json").read_text())
    assert info["sessions"] == [
        {
            "seat": "rack-login",
            "uuid": json.loads(session_folder.report.read_text())["session_info"]["uuid"],
            "hostname": "vm",
            "reframe_version": "4.10.4",
            "started": "2026-11-23T17:21:47Z",
            "finished": "2026-11-23T17:21:53Z",
            "cases": 7,
        }
    ]


def test_sha256sum_itself_accepts_the_manifest(stored_run):
    command = ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"]
    assert subprocess.run(command, cwd=stored_run, check=False).returncode == 0
    listed = (stored_run / "MANIFEST.sha256").read_text().splitlines()
    files = [path for path in stored_run.rglob("*") if path.is_file()]
    assert len(listed) == len(files) - 1


def test_stored_files_are_read_only(stored_run):
    assert {path.stat().st_mode & 0o777 for path in stored_run.rglob("*") if path.is_file()} == {0o444}


def test_equal_inputs_give_equal_bytes(stored_run, tmp_path, write):
    again = write(tmp_path / "again")
    assert [b for _, b in sorted(digest(again).items())] == [b for _, b in sorted(digest(stored_run).items())]


def test_a_stored_run_is_never_written_over(stored_run, tmp_path, sessions, run_info):
    before = digest(stored_run)
    with pytest.raises(FailedError, match="stored already"):
        store_run(tmp_path / "results", run_info, b"other", sessions, registry=shipped_checks())
    assert digest(stored_run) == before


def test_of_two_writers_of_one_run_only_one_stores_it(stored_run, tmp_path, sessions, run_info, monkeypatch):
    """Both saw a free place; the second finds it taken when it renames."""
    before = digest(stored_run)
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with pytest.raises(FailedError, match="could not be stored"):
        store_run(tmp_path / "results", run_info, b"other", sessions, registry=shipped_checks())
    assert digest(stored_run) == before


def test_two_writers_at_once_do_not_share_a_folder(tmp_path, sessions, run_info):
    (tmp_path / "rack" / f".incoming-{run_info.run_id}").mkdir(parents=True)
    with pytest.raises(FailedError, match="could not be stored"):
        store_run(tmp_path, run_info, b"", sessions, registry=shipped_checks())
    assert list_runs(tmp_path, "rack").runs == ()


FAILING = ["_copy", "_write", "_flush", "sum_file"]


@pytest.mark.parametrize("where", FAILING)
def test_a_full_disk_leaves_stored_runs_as_they_are(where, stored_run, write, run_info, monkeypatch):
    before = digest(stored_run)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storing, where, full)
    with pytest.raises(FailedError, match="No space left on device") as caught:
        write(stored_run.parents[1], later(run_info))
    assert "raw output is still where ReFrame wrote it" in str(caught.value)
    assert digest(stored_run) == before
    found = list_runs(stored_run.parents[1], "rack")
    assert (found.runs, found.leftovers) == ((stored_run,), ())
    assert verify_run(stored_run).is_intact


@contextmanager
def files_limited_to(size):
    """Really refuse to write a file beyond a size, as a quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100, 1000, 2000, 4000, 8000, 16000, 32000])
def test_a_quota_that_ends_the_writing_anywhere_leaves_nothing_half_stored(size, tmp_path, write):
    with files_limited_to(size), pytest.raises(FailedError, match="File too large"):
        write(tmp_path)
    found = list_runs(tmp_path, "rack")
    assert (found.runs, found.leftovers) == ((), ())


def test_a_folder_that_cannot_be_flushed_at_the_end_does_not_hide_that_the_run_is_stored(
    tmp_path, write, monkeypatch
):
    real = storing._flush

    def fail_for_parent(path):
        if path == tmp_path / "rack":
            raise OSError(errno.EIO, "Input/output error")
        real(path)

    monkeypatch.setattr(storing, "_flush", fail_for_parent)
    with pytest.raises(FailedError, match="is stored, but"):
        write(tmp_path)
    assert len(load_run(list_runs(tmp_path, "rack").runs[0]).samples) > 0


KILLED = """
import os, signal, sys
from pathlib import Path
from millwright.checks.registry import Registry
from millwright.checks.registry import Registry
from millwright.results import storing
from millwright.results.run_info import RunInfo
from millwright.results.session import SessionFolder, open_session
top, root = Path(sys.argv[1]), Path(sys.argv[2])
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(storing, sys.argv[3], die)
info = RunInfo("20261125T000000Z-aaaaaaaa", "rack", "a", "b", "0.1.0")
session = SessionFolder("rack-login", top / "run-report.json", top / "stage", top / "output")
storing.store_run(root, info, b"", [open_session(session)], registry=Registry({}))
"""


@pytest.mark.parametrize("where", ["_write", "_seal"])
def test_a_killed_writer_leaves_only_a_leftover_that_is_never_counted(
    where, stored_run, tmp_path, session_folder
):
    before = digest(stored_run)
    arguments = [
        sys.executable,
        "-c",
        KILLED,
        str(session_folder.report.parent),
        str(tmp_path / "results"),
        where,
    ]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    found = list_runs(tmp_path / "results", "rack")
    assert found.runs == (stored_run,)
    assert [path.name for path in found.leftovers] == [".incoming-20261125T000000Z-aaaaaaaa"]
    assert digest(stored_run) == before


def test_a_signature_that_fails_stores_nothing(tmp_path, sessions, run_info):
    def refuse(path: Path) -> None:
        raise FailedError(f"no key for {path.name}", code="MW9001")

    with pytest.raises(FailedError, match="no key for "):
        store_run(tmp_path, run_info, b"", sessions, refuse, registry=shipped_checks())
    assert list_runs(tmp_path, "rack").chain.links == ()
    assert [path.name for path in (tmp_path / "rack").iterdir()] == [".begun"]


def test_an_interrupt_stores_nothing_and_is_passed_on(tmp_path, sessions, run_info, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(storing, "_seal", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store_run(tmp_path, run_info, b"", sessions, registry=shipped_checks())
    assert [path.name for path in (tmp_path / "rack").iterdir()] == [".begun"]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"run_id": "../../etc"}, "run_id"),
        ({"run_id": "20261123T172147Z-1A2B3C4D"}, "run_id"),
        ({"facility": "../x"}, "facility"),
        ({"facility": ""}, "facility"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path, sessions, run_info, values, key):
    with pytest.raises(BadInputError, match=key):
        store_run(tmp_path / "results", replace(run_info, **values), b"", sessions, registry=shipped_checks())
    assert list(tmp_path.iterdir()) == []


def test_a_seat_twice_and_a_run_without_a_session_are_refused(tmp_path, sessions, run_info):
    with pytest.raises(BadInputError, match="is given twice"):
        store_run(tmp_path, run_info, b"", [*sessions, *sessions], registry=shipped_checks())
    with pytest.raises(BadInputError, match="at least one session"):
        store_run(tmp_path, run_info, b"", [], registry=shipped_checks())


def test_a_run_whose_only_session_failed_is_stored_so_that_the_failure_is_on_record(tmp_path, run_info):
    info = replace(run_info, failed_sessions={"rack-login": "its report is cut"})
    run = load_run(store_run(tmp_path, info, b"", [], registry=shipped_checks()))
    assert len(run.samples) == 0
    assert run.info.failed_sessions == {"rack-login": "its report is cut"}


def test_a_link_that_appears_while_storing_is_refused(tmp_path, session_folder, run_info):
    top = tmp_path / "session"
    shutil.copytree(session_folder.report.parent, top)
    folder = replace(
        session_folder, report=top / "run-report.json", stage=top / "stage", output=top / "output"
    )
    found = open_session(folder)
    path = found.raw["rack/cpu/gnu/Gemm/rfm_job.out"]
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(BadInputError, match="symbolic link"):
        store_run(tmp_path / "results", run_info, b"", [found], registry=shipped_checks())
    assert list_runs(tmp_path / "results", "rack").runs == ()


def test_changes_of_the_checkout_are_kept_and_sealed(tmp_path, session_folder, rack_file, run_info):
    sessions = [open_session(session_folder)]
    run = store_run(
        tmp_path,
        run_info,
        rack_file.read_bytes(),
        sessions,
        registry=shipped_checks(),
        checkout_changes=b"# untracked: x\n",
    )
    assert (run / "checkout.diff").read_bytes() == b"# untracked: x\n"
    assert "  checkout.diff\n" in (run / "MANIFEST.sha256").read_text()
