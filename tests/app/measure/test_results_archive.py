"""A run as an archive, and the identical report from it on another machine."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from functools import partial

import pytest

from millwright import __version__
from millwright.adapters.openssh.signatures import sign_file
from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_archived_report, write_capacity_report
from millwright.app.measure.results_archive import ArchiveRequest, archive_run
from millwright.app.signing import own_signing_key
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError
from millwright.results.manifest import sum_file
from millwright.results.session import open_session
from millwright.results.storing import store_run


@pytest.fixture
def signed_run(tmp_path, monkeypatch, session_folder, rack_file, run_info):
    """A run that this account's own key signed."""
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
    sign = partial(sign_file, key=own_signing_key())
    root = tmp_path / "measured"
    return store_run(
        root,
        run_info,
        rack_file.read_bytes(),
        [open_session(session_folder)],
        sign,
        registry=shipped_checks(),
    )


@pytest.fixture
def archived(signed_run, tmp_path):
    """Archive the run under a name; its path."""

    def run(name, **more):
        request = ArchiveRequest("rack", tmp_path / name, results=signed_run.parents[1], **more)
        archive_run(Context(), request)
        return tmp_path / name

    return run


@pytest.mark.parametrize("name", ["rack.zip", "rack.tar.gz", "rack"])
def test_an_empty_home_makes_the_identical_report(signed_run, archived, tmp_path, name):
    first = write_capacity_report(
        Context(), ReportRequest("rack", output=tmp_path / "here", results=signed_run.parents[1])
    )
    archive = archived(name)
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "millwright", "report", "--from-archive", str(archive), "--output", "there"],
        cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == first.exit_code, done.stderr
    there = home / "there/rack" / signed_run.name
    assert (there / "report.html").read_bytes() == first.page.read_bytes()
    assert (there / "report.json").read_bytes() == first.json_file.read_bytes()
    assert json.loads(first.json_text)["provenance"]["signature"] == "good"
    assert not (home / "results").exists()


def test_equal_runs_make_equal_archives(archived):
    assert archived("a.zip").read_bytes() == archived("b.zip").read_bytes()


def test_the_run_and_its_chain_are_in_it_unchanged(signed_run, archived):
    other = signed_run.with_name("20260101T000000Z-00000000")
    shutil.copytree(signed_run, other)
    bag = archived("rack")
    there = bag / "data/results/rack" / signed_run.name
    names = {path.relative_to(signed_run) for path in signed_run.rglob("*") if path.is_file()}
    assert {path.relative_to(there) for path in there.rglob("*") if path.is_file()} == names
    assert all((there / name).read_bytes() == (signed_run / name).read_bytes() for name in names)
    kept = bag / "data/results/rack" / other.name
    assert {path.name for path in kept.iterdir()} == {"run.json", "MANIFEST.sha256", "MANIFEST.sha256.sig"}
    begun = signed_run.parent / ".begun"
    records = {path.name for path in begun.iterdir() if path.suffix in {".json", ".sig"}}
    assert {path.name for path in (bag / "data/results/rack/.begun").iterdir()} == records
    assert records


def test_the_outcome_names_version_and_sum(signed_run, tmp_path):
    request = ArchiveRequest("rack", tmp_path / "rack.zip", results=signed_run.parents[1])
    made = archive_run(Context(), request)
    assert (made.run, made.millwright) == (signed_run.name, __version__)
    assert made.sha256 == sum_file(tmp_path / "rack.zip")


def test_the_crate_names_each_file_and_each_job(signed_run, archived):
    bag = archived("rack")
    graph = json.loads((bag / "data/ro-crate-metadata.json").read_text())["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    files = {
        path.relative_to(bag / "data").as_posix() for path in (bag / "data").rglob("*") if path.is_file()
    }
    assert parts == files - {"ro-crate-metadata.json"}
    referred = {ref["@id"] for entity in graph for ref in entity.get("result", [])}
    assert referred <= entities.keys()
    workflow = entities[entities["./"]["mainEntity"]["@id"]]
    assert "ComputationalWorkflow" in workflow["@type"]
    jobs = [entity for key, entity in entities.items() if key.startswith("#job-")]
    assert {job["name"] for job in jobs} >= {"MemoryBandwidth on cpu", "RiscvVector on dare"}
    assert entities["#run"]["instrument"] == {"@id": workflow["@id"]}


def test_own_signers_count_and_those_of_the_archive_are_pointed_out(archived, tmp_path):
    archive = archived("rack.zip")
    warnings = []
    request = ReportRequest("", output=tmp_path / "out")
    write_archived_report(Context(warn=warnings.append), archive, request)
    assert len(warnings) == 1
    assert "--allowed-signers names yours" in warnings[0]


def test_another_version_is_warned_of(archived, tmp_path, monkeypatch):
    archive = archived("rack.zip")
    monkeypatch.setattr("millwright.app.measure.opened_archive.__version__", "9.9.9")
    warnings = []
    write_archived_report(Context(warn=warnings.append), archive, ReportRequest("", output=tmp_path / "out"))
    assert any(f"made by Millwright {__version__}, this is 9.9.9" in line for line in warnings)


def test_a_changed_run_is_not_archived(signed_run, tmp_path):
    (signed_run / "counted.jsonl").chmod(0o600)
    (signed_run / "counted.jsonl").write_text("")
    with pytest.raises(BadInputError, match=r"counted\.jsonl: changed"):
        archive_run(Context(), ArchiveRequest("rack", tmp_path / "x.zip", results=signed_run.parents[1]))
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("data/results/rack/RUN/counted.jsonl", "counted.jsonl: its SHA-256 is not that"),
        ("data/extra", "data/extra: not listed"),
        ("data/archive.json", "data/archive.json: its SHA-256 is not that"),
        ("../outside", "leaves the archive's folder"),
        ("manifest-sha256.txt", "not listed in manifest-sha256.txt"),
    ],
)
def test_an_altered_archive_makes_no_report(archived, signed_run, tmp_path, name, problem):
    top = f"rack-{signed_run.name}"
    altered = tmp_path / "altered.zip"
    with zipfile.ZipFile(archived("rack.zip")) as source, zipfile.ZipFile(altered, "w") as target:
        changed = f"{top}/{name.replace('RUN', signed_run.name)}"
        for info in source.infolist():
            if info.filename != changed:
                target.writestr(info, source.read(info))
        target.writestr(changed, b"")
    with pytest.raises(BadInputError, match="MW6285") as caught:
        write_archived_report(Context(), altered, ReportRequest("", output=tmp_path / "out"))
    assert problem in str(caught.value)
    assert not (tmp_path / "out").exists()
