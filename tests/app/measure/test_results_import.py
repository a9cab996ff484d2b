"""Imported results: stored with who vouches for them, apart from what was measured here."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from millwright.adapters.openssh.signatures import sign_file
from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.app.measure.results_import import ImportRequest, import_results, list_tools
from millwright.app.measure.results_ingest import ingest_again
from millwright.app.measure.results_list import list_results
from millwright.app.measure.results_show import show_results
from millwright.app.measure.results_verify import VerifyRequest, verify_results
from millwright.app.measure.trust import Trust
from millwright.app.signing import own_signing_key
from millwright.core.errors import BadInputError, NotTrustedError
from millwright.results.manifest import MANIFEST, SIGNATURE, read_sums, sum_file, write_sums

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests" / "data" / "tools"
OSU = DATA / "osu" / "good" / "v74_osu_latency.log"
IOR = DATA / "ior" / "good" / "dev_mpiio_shared_3rep.log"
CUT = DATA / "osu" / "failed" / "v74_mpirun_sigterm.log"

UNSIGNED = Trust(allow_unsigned=True)
"""The measured run of these tests is not signed, and importing makes a key that signs."""


@pytest.fixture
def request_(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return ImportRequest(
        tool="osu",
        files=(OSU,),
        facility="rack",
        partition="cpu",
        vouched_by="J. Doe, Example Systems",
        node="rack-c[1-2]",
        command="mpirun -np 2 osu_latency",
        results=tmp_path / "results",
    )


def test_an_import_is_stored_signed_and_shown_as_imported(request_):
    stored = import_results(Context(), request_)
    run = Path(stored.path)
    assert (run / "imported" / OSU.name).read_bytes() == OSU.read_bytes()
    shown = show_results(Context(), "rack", None, request_.results)
    assert shown.rows == ()
    (found,) = shown.imported
    assert found.origin == "imported"
    assert found.vouched_by == "J. Doe, Example Systems"
    assert (found.command, found.version) == ("mpirun -np 2 osu_latency", "7.4")
    assert len(found.series) == 23
    first = found.series[0]
    assert (first.label, first.better, first.unit, first.values) == ("Latency", "lower", "us", (0.2,))
    assert first.node == "rack-c[1-2]"
    assert list_results(Context(), "rack", request_.results).runs[0].sessions == "imported (osu)"
    checked = verify_results(
        Context(), VerifyRequest("rack", results=request_.results, require_signature=True)
    )
    assert checked.ok


def test_an_import_stands_beside_measured_runs_and_in_no_verdict(request_, stored_run):
    results = stored_run.parents[1]
    before = show_results(Context(), "rack", None, results, UNSIGNED)
    import_results(Context(), replace(request_, results=results))
    after = show_results(Context(), "rack", None, results, UNSIGNED)
    assert after.run_id == before.run_id
    assert after.rows == before.rows
    assert after.unexpected == before.unexpected
    assert [each.tool for each in after.imported] == ["osu"]


def test_what_the_output_states_needs_no_option(request_):
    stored = import_results(Context(), replace(request_, tool="ior", files=(IOR,), command="", node=""))
    assert stored.imported.command == "ior -a MPIIO -c -w -r -o ./shared -t 256k -b 16m -i 3"
    assert (stored.imported.host, stored.imported.version) == ("vm", "4.1.0+dev")
    assert {len(series.values) for series in stored.imported.series} == {3}


def test_what_nobody_states_is_warned_of(request_):
    warnings = []
    import_results(Context(warn=warnings.append), request_)
    assert warnings == ["the host is not known: neither the output nor --host states it"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"files": (CUT,)}, "MW6221"),
        ({"exit_status": 1}, "MW6221"),
        ({"files": (OSU.with_name("absent.log"),)}, "MW6223"),
        ({"partition": "cup"}, "MW6224"),
        ({"node": "rack-c[1-"}, "MW6225"),
        ({"vouched_by": "J. Doe\x1b[31m"}, "MW6230"),
        ({"vouched_by": " "}, "MW6226"),
        ({"tool": "osuu"}, "MW6220"),
    ],
)
def test_what_can_t_be_right_stores_nothing(request_, changes, code):
    with pytest.raises(BadInputError, match=code):
        import_results(Context(), replace(request_, **changes))
    assert not request_.results.exists()


def test_a_file_is_not_imported_twice(request_):
    first = import_results(Context(), request_)
    with pytest.raises(BadInputError, match=first.imported.run_id):
        import_results(Context(), replace(request_, vouched_by="somebody else"))


def test_the_kept_output_is_parsed_again_into_a_sidecar(request_):
    stored = import_results(Context(), request_)
    manifest = Path(stored.path, "MANIFEST.sha256").read_bytes()
    again = ingest_again(Context(), "rack", stored.imported.run_id, request_.results)
    assert again.same
    assert again.series == 23
    assert Path(again.sidecar).is_file()
    assert Path(stored.path, "MANIFEST.sha256").read_bytes() == manifest
    assert list_results(Context(), "rack", request_.results).leftovers == ()


def test_a_changed_import_is_refused(request_):
    stored = import_results(Context(), request_)
    file = Path(stored.path, "imported.json")
    file.chmod(0o644)
    file.write_text(file.read_text().replace("0.2", "0.1"))
    with pytest.raises(BadInputError, match=r"imported\.json"):
        show_results(Context(), "rack", None, request_.results)


def test_the_how_to_names_every_tool():
    text = (ROOT / "docs" / "how-to" / "import-results.md").read_text()
    assert {tool.name for tool in list_tools().tools} == set(
        re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)
    )


def forge(run, change):
    """Change what an import says and seal it again with the operator's own key, as whoever holds it can."""
    record = run / "imported.json"
    data = json.loads(record.read_text())
    change(data)
    for path in (run, *run.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    record.write_text(json.dumps(data) + "\n")
    sums = {name: sum_file(run / name) for name in read_sums((run / MANIFEST).read_text())[0]}
    (run / MANIFEST).write_text(write_sums(sums))
    (run / SIGNATURE).unlink()
    sign_file(run / MANIFEST, own_signing_key())


def multiply(data):
    data["series"][0]["values"] = [value * 100 for value in data["series"][0]["values"]]


def drop(data):
    del data["series"][0]


def lead_out(data):
    data["files"][0]["name"] = "../run.json"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (multiply, "was stored"),
        (drop, "counts now"),
        (lead_out, "not the file that was imported"),
    ],
)
def test_an_import_that_says_otherwise_than_its_files_is_refused(request_, change, reason):
    run = Path(import_results(Context(), request_).path)
    assert verify_results(Context(), VerifyRequest("rack", results=request_.results)).ok
    forge(run, change)
    (found,) = verify_results(Context(), VerifyRequest("rack", results=request_.results)).runs
    assert found.signature.state == "good"
    assert not found.changed
    assert not found.ok
    assert reason in " ".join(found.contradictions)


@pytest.fixture
def reported(request_, stored_run, tmp_path):
    """An import beside a measured run; a function that writes the run's report."""

    def write(trust=UNSIGNED):
        request = ReportRequest("rack", stored_run.name, tmp_path / "output", request_.results, trust=trust)
        return write_capacity_report(Context(), request)

    return write


def test_the_report_holds_imports_apart_from_what_was_measured(request_, reported):
    before = json.loads(reported().json_text)
    import_results(Context(), request_)
    after = json.loads(reported().json_text)
    (found,) = after["imported"]
    assert (found["origin"], found["tool"], found["version"]) == ("imported", "osu", "7.4")
    assert (found["vouched_by"], found["signature"]) == ("J. Doe, Example Systems", "good")
    assert len(found["series"]) == 23
    assert {key: after[key] for key in ("decision", "groups", "capacity")} == {
        key: before[key] for key in ("decision", "groups", "capacity")
    }
    page = reported().page.read_text()
    assert "mpirun -np 2 osu_latency" in page


def test_an_import_that_may_not_be_relied_on_makes_no_report(request_, reported):
    stored = import_results(Context(), request_)
    Path(stored.path, SIGNATURE).unlink()
    with pytest.raises(NotTrustedError, match="MW6194"):
        reported(Trust())
