"""The harness over SSH, with a client and a sudo of the tests' own that run everything here."""

import io
import os
import sys
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from millwright.adapters.reframe.launch_sites import HarnessMachine, LocalMachine, harness_machine
from millwright.adapters.reframe.process import LaunchSite
from millwright.core.errors import FailedError, NotTestableError
from millwright.facility.model import Facility

BIN = Path(__file__).resolve().parents[2] / "data" / "harness"
SHOW = """
import os, sys
print(sys.argv[1], os.environ["TITLE"], os.environ["MILLWRIGHT_FACILITY"], sep="\\n")
"""
WAIT = """
import time
try:
    print("up", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("wrote the report")
"""
HOSTILE = "a b'c\"d $(touch owned) `touch owned` ; touch owned } <script>"


@pytest.fixture
def harness(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("FAKE_HARNESS", str(home))
    monkeypatch.setenv("FAKE_HARNESS_BIN", str(BIN))
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return HarnessMachine(("ssh", "h2"), PurePosixPath("runs/r1"), tmp_path / "fetched")


def output_of(process):
    output, _ = process.communicate(timeout=30)
    return output


def test_files_are_put_as_they_are(harness, tmp_path):
    content = bytes(range(256))
    harness.put("facility.yaml", content)

    assert (tmp_path / "home/runs/r1/facility.yaml").read_bytes() == content


def test_arguments_and_environment_reach_the_command_as_they_are(harness, tmp_path):
    output = output_of(harness.start([sys.executable, "-c", SHOW, HOSTILE], {"TITLE": HOSTILE}))

    assert output.splitlines() == [HOSTILE, HOSTILE, str(tmp_path / "home/runs/r1/facility.yaml")]
    assert not list(tmp_path.rglob("owned"))


def test_an_interruption_reaches_the_command_itself(harness):
    process = harness.start([sys.executable, "-c", WAIT], {})
    assert process.stdout.readline() == "up\n"
    harness.interrupt(process)

    assert output_of(process) == "wrote the report\n"


def test_reports_and_text_are_fetched_and_programs_are_not(harness, tmp_path):
    kept = [
        "report.json",
        "output/s/p/e/Gemm/rfm_job.out",
        "output/s/p/e/Gemm/extra.txt",
        "stage/s/p/e/Gemm/rfm_job.err",
    ]
    left = ["stage/s/p/e/Gemm/Gemm", "perflogs/x.log", "session.pid", "facility.yaml"]
    for name in [*kept, *left]:
        path = tmp_path / "home/runs/r1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    folder = harness.fetch()

    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(kept)


def test_an_archive_that_leads_outside_is_refused(harness, tmp_path, monkeypatch):
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("../../escaped")
        tar.addfile(member, io.BytesIO())
    (tmp_path / "evil.tar").write_bytes(archive.getvalue())
    evil = tmp_path / "evil"
    evil.mkdir()
    (evil / "ssh").write_text(f"#!/bin/sh\ncat {tmp_path}/evil.tar\n")
    (evil / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{evil}:{os.environ['PATH']}")

    with pytest.raises(FailedError, match="can't be unpacked"):
        harness.fetch()
    assert not list(tmp_path.parent.rglob("escaped"))


def test_clearing_leaves_other_runs_alone(harness, tmp_path):
    harness.put("a", b"")
    other = tmp_path / "home/runs/r2"
    other.mkdir()
    harness.clear()

    assert [path.name for path in (tmp_path / "home/runs").iterdir()] == ["r2"]


def test_a_harness_that_can_not_be_reached_is_not_testable(harness, monkeypatch):
    monkeypatch.setenv("FAKE_SSH", "unreachable")

    with pytest.raises(NotTestableError, match="No route to host"):
        harness.put("facility.yaml", b"")


def test_a_missing_ssh_client_is_not_testable(tmp_path):
    machine = HarnessMachine(("/no/such/ssh", "h2"), PurePosixPath("runs/r1"), tmp_path)

    with pytest.raises(NotTestableError, match="can't be started"):
        machine.put("facility.yaml", b"")


def test_ssh_gets_the_facilitys_configuration_and_asks_nothing(tmp_path):
    facility = Facility.model_validate(
        {
            "plugin": "facility",
            "name": "site",
            "title": "Site",
            "kind": "physical",
            "ssh": {"user": "admin", "config": "~/x/ssh_config"},
            "services": dict.fromkeys(("controller", "database", "login", "harness"), "h2"),
            "partitions": {"p": {"title": "P", "nodes": "h3"}},
        }
    )
    ssh = harness_machine(facility, "r1", tmp_path).ssh

    assert ssh[:3] == ("ssh", "-F", str(Path("~/x/ssh_config").expanduser()))
    assert "BatchMode=yes" in ssh
    assert ssh[-3:] == ("-l", "admin", "h2")


def test_a_users_own_settings_of_reframe_stay_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("RFM_PREFIX", "/elsewhere")
    machine = LocalMachine(LaunchSite.HARNESS, tmp_path / "s", PurePosixPath("/"), PurePosixPath("/"))
    machine.put("facility.yaml", b"")
    code = "import os; print([key for key in os.environ if key.startswith('RFM_')])"

    assert (
        output_of(machine.start([sys.executable, "-c", code], {"RFM_COLORIZE": "0"})) == "['RFM_COLORIZE']\n"
    )


def test_clearing_removes_the_runs_folder_with_its_last_session(tmp_path):
    for seat in LaunchSite:
        LocalMachine(seat, tmp_path / "r1" / seat, PurePosixPath("/"), PurePosixPath("/")).put("a", b"")
    for seat in LaunchSite:
        assert (tmp_path / "r1").exists()
        LocalMachine(seat, tmp_path / "r1" / seat, PurePosixPath("/"), PurePosixPath("/")).clear()

    assert not (tmp_path / "r1").exists()
