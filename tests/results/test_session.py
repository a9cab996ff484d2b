import json
import os
import shutil
from dataclasses import replace

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.results import session as session_module
from millwright.results.parsers.probe import parse_probe
from millwright.results.session import open_session


@pytest.fixture
def copied(session_folder, tmp_path):
    """The session in a folder that a test may change."""
    top = tmp_path / "session"
    shutil.copytree(session_folder.report.parent, top)
    return replace(session_folder, report=top / "run-report.json", stage=top / "stage", output=top / "output")


def problems_of(folder):
    with pytest.raises(BadInputError) as caught:
        open_session(folder)
    return [str(problem) for problem in caught.value.problems]


def test_raw_files_are_found_where_reframe_left_them(session_folder):
    found = open_session(session_folder)
    ends = {"rfm_job.sh", "rfm_job.out", "rfm_job.err"}
    for case in ("MemoryBandwidth", "MpiPointToPoint", "Gemm", "MpiAllReduce"):
        assert {f"rack/cpu/gnu/{case}/{end}" for end in ends} <= found.raw.keys()
    assert found.raw["rack/cpu/gnu/Gemm/rfm_job.out"].is_relative_to(session_folder.stage)
    assert found.raw["rack/cpu/gnu/MemoryBandwidth/rfm_job.out"].is_relative_to(session_folder.output)


def test_kept_evidence_is_taken_and_other_stage_files_are_not(copied):
    (copied.output / "rack/cpu/gnu/MemoryBandwidth" / "lscpu.json").write_text("{}")
    (copied.stage / "rack/cpu/gnu/Gemm" / "a.out").write_text("program")
    raw = open_session(copied).raw
    assert "rack/cpu/gnu/MemoryBandwidth/lscpu.json" in raw
    assert "rack/cpu/gnu/Gemm/a.out" not in raw


@pytest.mark.parametrize("name", ["rfm_job.out", "secret.txt"])
def test_a_symbolic_link_is_refused(copied, name):
    path = copied.output / "rack/cpu/gnu/MemoryBandwidth" / name
    path.unlink(missing_ok=True)
    path.symlink_to("/etc/hostname")
    assert any("symbolic link" in line for line in problems_of(copied))


def test_a_linked_folder_is_refused_as_well(copied):
    (copied.output / "rack/cpu/gnu/MemoryBandwidth" / "etc").symlink_to("/etc")
    assert any("symbolic link" in line for line in problems_of(copied))
    (copied.output / "rack/cpu/gnu/MemoryBandwidth" / "etc").unlink()
    (copied.output / "rack").rename(copied.output / "real")
    (copied.output / "rack").symlink_to("real")
    assert any("symbolic link" in line for line in problems_of(copied))


def test_a_kept_file_outside_of_its_folder_is_refused(copied):
    data = json.loads(copied.report.read_text())
    gemm = next(case for case in data["runs"][0]["testcases"] if case["name"] == "Gemm")
    gemm["keep_files"] = ["../MpiAllReduce/rfm_job.out"]
    copied.report.write_text(json.dumps(data))
    assert any("not safe to store" in line for line in problems_of(copied))


@pytest.mark.parametrize("name", ["new\nline", "back\\slash", "tab\there", "$(reboot)", "é"])
def test_a_name_that_a_manifest_or_shell_could_misread_is_refused(copied, name):
    (copied.output / "rack/cpu/gnu/MemoryBandwidth" / name).write_text("")
    assert any("not safe to store" in line for line in problems_of(copied))


def test_a_pipe_in_the_output_is_refused(copied):
    os.mkfifo(copied.output / "rack/cpu/gnu/MemoryBandwidth" / "pipe")
    assert any("not a regular file" in line for line in problems_of(copied))


def test_a_missing_report_says_what_may_have_happened(copied):
    copied.report.unlink()
    assert "ReFrame selected no check or was stopped" in problems_of(copied)[0]


def test_a_truncated_report_is_refused(copied):
    copied.report.write_bytes(copied.report.read_bytes()[:-500])
    assert any("not JSON" in line for line in problems_of(copied))


def test_a_report_that_is_no_text_is_refused(copied):
    copied.report.write_bytes(b"\xff\xfe\x00")
    assert any("can't be read" in line for line in problems_of(copied))


@pytest.mark.parametrize("seat", ["", "..", "a/b", "Rack Login", "-x"])
def test_a_seat_must_be_a_plain_name(copied, seat):
    assert any("seat" in line for line in problems_of(replace(copied, seat=seat)))


def test_output_in_no_known_encoding_is_still_read(copied):
    path = copied.output / "rack/cpu/gnu/MemoryBandwidth/rfm_job.out"
    path.write_bytes(b"\xff\xfe noise\n" + path.read_bytes())
    output = open_session(copied).read().raw["rack/cpu/gnu/MemoryBandwidth"].stdout
    assert parse_probe(output, shipped_checks()["MemoryBandwidth"].metrics).faults == ()


def test_output_too_large_to_be_sane_is_kept_and_not_read(copied, monkeypatch):
    monkeypatch.setattr(session_module, "MAX_OUTPUT_BYTES", 100)
    raw = open_session(copied).read().raw["rack/cpu/gnu/MemoryBandwidth"]
    assert raw.stdout is None
    assert len(raw.files) == 3
