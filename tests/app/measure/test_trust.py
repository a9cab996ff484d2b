"""With known signers, every command that reads a run refuses what verify refuses."""

import json
import shutil
import subprocess

import pytest

from millwright.adapters.openssh.signatures import sign_file
from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.app.measure.results_archive import ArchiveRequest, archive_run
from millwright.app.measure.results_export import ExportRequest, export_results
from millwright.app.measure.results_facts import FactsRequest, show_facts
from millwright.app.measure.results_ingest import ingest_again
from millwright.app.measure.results_show import show_results
from millwright.app.measure.trust import Trust
from millwright.core.errors import BadInputError, ExitCode, NotTrustedError
from millwright.results.manifest import read_sums, sum_file, write_sums

pytestmark = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed")


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture
def signers(key, tmp_path):
    path = tmp_path / "signers"
    path.write_text(f"supplier {key.with_suffix('.pub').read_text()}")
    return path


@pytest.fixture(params=["show", "export", "report", "facts", "archive", "ingest"])
def read(request, stored_run, tmp_path):
    results = stored_run.parents[1]

    def run(trust, facility="rack"):
        if request.param == "show":
            show_results(Context(), facility, stored_run.name, results, trust)
        elif request.param == "export":
            to = tmp_path / "samples.csv"
            export_results(
                Context(), ExportRequest(facility, to, stored_run.name, results=results, trust=trust)
            )
        elif request.param == "facts":
            show_facts(FactsRequest(facility, stored_run.name, results=results, trust=trust))
        elif request.param == "archive":
            count = len(list(tmp_path.glob("*.zip")))
            to = tmp_path / f"{count}.zip"
            archive_run(Context(), ArchiveRequest(facility, to, stored_run.name, results, trust))
        elif request.param == "ingest":
            with pytest.raises(BadInputError) as refused:
                ingest_again(Context(), facility, stored_run.name, results, trust)
            if isinstance(refused.value, NotTrustedError):
                raise refused.value
        else:
            output = tmp_path / "output"
            write_capacity_report(
                Context(), ReportRequest(facility, stored_run.name, output, results, trust=trust)
            )

    return run


def refusal(read, *arguments):
    with pytest.raises(NotTrustedError) as caught:
        read(*arguments)
    assert caught.value.exit_code is ExitCode.FAIL
    return [problem.code for problem in caught.value.problems]


def test_an_unsigned_run_is_refused_unless_that_is_meant(read, signers):
    assert refusal(read, Trust(signers)) == ["MW6194"]
    read(Trust(signers, allow_unsigned=True))
    read(Trust())  # no signer is known at all


def test_a_run_by_a_known_signer_is_read_and_one_by_another_is_not(read, signers, key, stored_run, tmp_path):
    sign_file(stored_run / "MANIFEST.sha256", key)
    read(Trust(signers))
    (tmp_path / "others").write_text("")
    assert refusal(read, Trust(tmp_path / "others", allow_unsigned=True)) == ["MW6193"]


def test_a_bad_signature_is_refused_even_if_no_signer_is_known(read, stored_run):
    (stored_run / "MANIFEST.sha256.sig").mkdir()
    assert refusal(read, Trust(allow_unsigned=True)) == ["MW6192"]


def test_a_run_against_other_commitments_is_refused_with_each_of_them(read, rack_file, tmp_path):
    read(Trust(against=str(rack_file)))
    own = tmp_path / "facility.yaml"
    text = (
        rack_file.read_text()
        .replace("value: 10, unit", "value: 12, unit")
        .replace("rack-c[1-3]", "rack-c[1-4]")
    )
    own.write_text(text.replace("10.91.0.[21-23]", "10.91.0.[21-24]"))
    assert refusal(read, Trust(against=str(own))) == ["MW6196", "MW6196"]


def test_a_run_in_the_folder_of_another_facility_is_refused(read, stored_run):
    other = stored_run.parents[1] / "otherfactory"
    shutil.copytree(stored_run, other / stored_run.name)
    assert refusal(read, Trust(), "otherfactory") == ["MW6195"]


def test_a_run_that_declares_a_check_otherwise_is_refused(read, rack_file, stored_run):
    declared = stored_run / "checks.json"
    declared.chmod(0o644)
    data = json.loads(declared.read_text())
    (check,) = [each for each in data["checks"] if each["name"] == "MpiPointToPoint"]
    check["metrics"]["latency"]["better"] = "higher"
    declared.write_text(json.dumps(data))
    manifest = stored_run / "MANIFEST.sha256"
    sums, _ = read_sums(manifest.read_text())
    manifest.chmod(0o644)
    manifest.write_text(write_sums({**sums, "checks.json": sum_file(declared)}))
    read(Trust())
    assert refusal(read, Trust(against=str(rack_file))) == ["MW6400"]


def test_a_check_that_the_reader_does_not_know_is_no_silent_match(read, rack_file, tmp_path):
    own = tmp_path / "facility.yaml"
    own.write_text(
        rack_file.read_text().replace("      Gemm:\n", "      OurOwn: {rate: null}\n      Gemm:\n")
    )
    assert sorted(refusal(read, Trust(against=str(own)))) == ["MW6196", "MW6401"]
