"""``millwright results`` as a user types it."""

import csv
import json
import shutil
import subprocess

import pytest
import typer

from millwright.adapters.openssh.signatures import sign_file
from millwright.cli.measure import results
from millwright.core.errors import BadInputError, ExitCode, FailedError


@pytest.fixture
def millwright(stored_run, capsys):
    """Run a command on the results that hold the stored run; answers exit code, output and errors."""

    def run(*arguments):
        command = typer.main.get_command(results.app)
        words = [*arguments, "--results-dir", str(stored_run.parents[1])]
        try:
            code = command.main(words, standalone_mode=False) or ExitCode.OK
        except (BadInputError, FailedError) as error:
            captured = capsys.readouterr()
            return error.exit_code, captured.out, captured.err + str(error)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def write(path, text):
    path.chmod(0o644)
    path.write_text(text)


def test_list_shows_runs_and_reports_leftovers_apart(millwright, stored_run):
    (stored_run.parent / ".incoming-20270101T000000Z-00000000").mkdir()
    code, out, err = millwright("list", "rack")
    assert code == ExitCode.OK
    assert stored_run.name in out
    assert "2026-11-23T17:21:47Z" in out
    assert "incoming" not in out
    assert "not counted" in err
    assert ".incoming-20270101T000000Z-00000000" in err


def test_list_as_json(millwright, stored_run):
    (stored_run.parent / "notes").mkdir()
    data = json.loads(millwright("list", "rack", "--json")[1])
    assert data["format"] == "millwright-results-list/1"
    assert [run["run"] for run in data["runs"]] == [stored_run.name]
    assert data["leftovers"] == [str(stored_run.parent / "notes")]


def test_list_of_an_unknown_facility_is_empty(millwright):
    assert json.loads(millwright("list", "elsewhere", "--json")[1])["runs"] == []


def test_show_prints_every_verdict_and_exits_with_the_worst(millwright):
    code, out, _ = millwright("show", "rack")
    assert code == ExitCode.FAIL
    for text in (
        "FAIL",
        "NOT MEASURED  cpu MpiPointToPoint latency  no value, limit 20 us",
        "FAIL          cpu MemoryBandwidth copy_bw  10.35 GB/s (10 to 10.7, n = 8), limit 20 GB/s",
        "rack-c1 (worst of 3): the whole interval misses the limit",
        "PASS",
        "not expected: cpu Gemm fp32_rate",
        "rejected: cpu MpiPointToPoint",
    ):
        assert text in out


def test_show_as_json_holds_every_row(millwright, stored_run):
    code, out, _ = millwright("show", "rack", stored_run.name, "--json")
    data = json.loads(out)
    assert code == data["exit_code"] == 1
    assert data["run_id"] == stored_run.name
    verdicts = {row["judgement"]["verdict"] for row in data["rows"]}
    assert verdicts == {"PASS", "FAIL", "INCONCLUSIVE", "NOT MEASURED", None}


def test_show_refuses_a_tampered_run(millwright, stored_run):
    write(stored_run / "samples.parquet", "")
    code, out, err = millwright("show", "rack")
    assert (code, out) == (ExitCode.FAIL, "")
    assert "samples.parquet: changed since the run was stored" in err


@pytest.mark.parametrize("command", ["show", "verify", "export"])
def test_a_facility_without_runs_is_bad_input(millwright, command, tmp_path):
    more = ["--to", str(tmp_path / "x.csv")] if command == "export" else []
    code, _, err = millwright(command, "elsewhere", *more)
    assert code == ExitCode.BAD_INPUT
    assert "no run of 'elsewhere' is stored" in err
    assert "one of gh200, " in err


def test_verify_of_an_intact_run_says_that_nobody_signed_it(millwright, stored_run):
    code, out, _ = millwright("verify", "rack")
    assert code == ExitCode.OK
    assert f"{stored_run.name}: intact" in out
    assert "unsigned" in out


def test_verify_shows_any_later_change_and_fails(millwright, stored_run):
    write(stored_run / "samples.parquet", "")
    code, out, err = millwright("verify", "rack")
    assert code == ExitCode.FAIL
    assert "NOT TRUSTED" in out
    assert "samples.parquet: changed since the run was stored" in out
    assert "1 of 1 runs can't be trusted" in err


def test_verify_as_json_stays_json_when_it_fails(millwright, stored_run):
    (stored_run / "extra").write_text("")
    code, out, _ = millwright("verify", "rack", "--json")
    data = json.loads(out)
    (result,) = data["runs"]
    assert (data["format"], data["ok"]) == ("millwright-results-verify/1", False)
    assert (code, result["ok"], result["extra"]) == (ExitCode.FAIL, False, ["extra"])


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed")
def test_a_signed_run_passes_by_its_signer_only(millwright, stored_run, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    sign_file(stored_run / "MANIFEST.sha256", key)
    sign_file(stored_run.parent / ".begun" / f"{stored_run.name}.json", key)
    signers = tmp_path / "signers"
    signers.write_text(f"buyer@example.org {key.with_suffix('.pub').read_text()}")
    assert millwright("verify", "rack", "--require-signature")[0] == ExitCode.FAIL
    allowed = ["--require-signature", "--allowed-signers", str(signers)]
    code, out, _ = millwright("verify", "rack", *allowed)
    assert code == ExitCode.OK
    assert "good buyer@example.org" in out
    write(stored_run / "samples.parquet", "")
    write(stored_run / "MANIFEST.sha256", (stored_run / "MANIFEST.sha256").read_text().replace("a", "b"))
    assert millwright("verify", "rack", *allowed)[0] == ExitCode.FAIL


@pytest.mark.parametrize("run", [[], ["20261123T172147Z-1a2b3c4d"]])
def test_export_writes_every_sample(millwright, tmp_path, run, rack_run):
    path = tmp_path / "samples.csv"
    code, out, _ = millwright("export", "rack", *run, "--to", str(path))
    assert code == ExitCode.OK
    assert "128 samples of 1 run" in out
    with path.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(rack_run.samples)


def test_export_refuses_another_format(millwright, tmp_path):
    code, _, err = millwright("export", "rack", "--to", str(tmp_path / "x.xls"))
    assert code == ExitCode.BAD_INPUT
    assert ".csv or .parquet" in err


def test_export_as_json_names_the_runs(millwright, stored_run, tmp_path):
    code, out, _ = millwright("export", "rack", "--all", "--to", str(tmp_path / "x.parquet"), "--json")
    assert code == ExitCode.OK
    assert json.loads(out)["runs"] == [stored_run.name]
