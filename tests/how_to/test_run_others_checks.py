"""The how-to of foreign checks, walked on this machine with a suite as others write them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from millwright.core.places import product_root
from millwright.results.manifest import MANIFEST, SIGNATURE, sum_file, write_sums

from .walk import Walk

DATA = Path(__file__).parents[1] / "data" / "foreign"
WORKSTATION = product_root() / "inventories" / "workstation" / "facility.yaml"

pytestmark = pytest.mark.tools


def make_facility(folder, expected):
    data = yaml.safe_load(WORKSTATION.read_text())
    data["name"] = "site"
    data["partitions"]["local"]["checks"] = expected
    (folder / "facility.yaml").write_text(yaml.safe_dump(data))


@pytest.fixture
def site(tmp_path):
    """A facility that expects nothing, and a walk through the page in its folder."""
    make_facility(tmp_path, {})
    variables = {"MILLWRIGHT_STATE": str(tmp_path / "state"), "COLUMNS": "300"}
    return Walk("run-others-checks", {"FACILITY": "./facility.yaml"}, variables, tmp_path)


def write_suites(folder, suites, **changes):
    """The page's suites, with this environment's ReFrame in place of one that is yet to be installed."""
    for suite in suites["suites"].values():
        del suite["reframe"]
        suite |= {"command": str(Path(sys.executable).with_name("reframe")), **changes}
    (folder / "foreign.yaml").write_text(yaml.safe_dump(suites))


def test_the_page_is_walked(site, tmp_path):
    write_suites(tmp_path, site.declares())
    shutil.copytree(DATA / "suite", tmp_path / "suites" / "lab")
    assert "ready" in site.runs("foreign install")
    assert "lab: Checks of the lab next door" in site.runs("foreign list")

    printed = site.runs("run", code=3)
    assert "not counted local lab.LAB_ExitsBadly (builtin): its job exited with 3" in printed
    assert "counted local lab.LAB_Hello (builtin)" in printed
    assert "lat localhost 1.37 us (no interval, n = 1)" in printed

    make_facility(tmp_path, site.declares())
    printed = site.runs("run", code=3)  # a reference of the check's own is missed
    assert "PASS local lab.LAB_Latency %message=8 lat 1.37 us (1.37 to 1.37, n = 6), limit 2 us" in printed
    assert "lab.LAB_Hello" not in printed
    assert "2 runs: unbroken" in site.runs("results verify")
    site.runs("report", code=3)
    page = (tmp_path / "output" / "site" / "latest" / "report.html").read_text()
    assert "Checks that others wrote" in page
    assert "Checks of the lab next door" in page
    assert site.is_through()


def millwright(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *words],
        cwd=folder,
        env={**os.environ, "MILLWRIGHT_STATE": str(folder / "state"), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def lab(site, tmp_path):
    """A function: the facility of the page, with its suite changed, run with some options."""
    suites = site.declares()
    shutil.copytree(DATA / "suite", tmp_path / "suites" / "lab")

    def run(*options, expected=None, **changes):
        make_facility(tmp_path, expected or {})
        write_suites(tmp_path, suites, **changes)
        return millwright(tmp_path, "run", "./facility.yaml", "--json", *options)

    return run


def test_a_check_that_nobody_has_is_refused_before_anything_runs(lab, tmp_path):
    done = lab("--check", "lab.LAB_Nothing*")
    assert done.returncode == 2
    assert "no check matches (--check lab.LAB_Nothing* tag ci)" in done.stderr
    assert not (tmp_path / "results").exists()


def test_one_value_a_case_decides_nothing(lab):
    commitment = {"value": 2, "unit": "us", "class": "scored", "source": "tender", "kind": "read"}
    expected = {"lab.LAB_Latency %message=8": {"lat": {**commitment, "date": "2026-11-30"}}}
    done = lab("--check", "lab.LAB_Latency*", expected=expected)
    assert done.returncode == 3
    (rollup,) = json.loads(done.stdout)["rollups"]
    assert rollup["verdict"] == "INCONCLUSIVE"
    assert rollup["deciding"]["judgement"]["interval"]["n"] == 1


def test_every_environment_is_a_series_of_its_own(lab):
    environments = [{"name": "builtin"}, {"name": "gnu", "cc": "gcc"}]
    done = lab("--check", "lab.LAB_Latency", environments=environments)
    rows = json.loads(done.stdout)["foreign"]
    assert {(row["parameters"], row["environment"]) for row in rows} == {
        (parameters, environment)
        for parameters in ("message=8", "message=1 MiB")
        for environment in ("builtin", "gnu")
    }


def test_a_missing_reframe_leaves_the_other_checks_alone(lab, tmp_path):
    done = lab("--check", "*", command="/nowhere/bin/reframe", expected={"Gemm": {"fp64_rate": None}})
    outcome = json.loads(done.stdout)
    assert [rollup["metric"] for rollup in outcome["rollups"] if rollup["verdict"] is None] == ["fp64_rate"]
    (row,) = outcome["foreign"]
    assert (row["check"], row["state"]) == ("lab.*", "never ended")
    assert "/nowhere/bin/reframe is not there" in row["detail"]
    assert done.returncode == 3


def test_files_that_do_not_load_are_named(lab, tmp_path):
    (tmp_path / "suites" / "lab" / "tests" / "cray.py").write_text(
        "import no_such_module_of_the_lab\nimport reframe\n"
    )
    done = lab("--check", "lab.LAB_Hello")
    assert done.returncode == 0
    stored = json.loads((tmp_path / json.loads(done.stdout)["path"] / "run.json").read_text())
    assert [Path(file).name for file in stored["foreign"][0]["unloaded"]] == ["cray.py"]


def test_altered_values_are_found_by_verify(lab, tmp_path):
    """As the operator could: with sums made anew, so that only the raw output contradicts."""
    path = tmp_path / json.loads(lab("--check", "lab.LAB_Latency").stdout)["path"]
    counted = path / "counted.jsonl"
    counted.chmod(0o644)
    counted.write_text(counted.read_text().replace("missed a reference", "met a reference"))
    for file in (MANIFEST, SIGNATURE):
        (path / file).unlink(missing_ok=True)
    files = [file for file in path.rglob("*") if file.is_file()]
    (path / MANIFEST).write_text(write_sums({str(file.relative_to(path)): sum_file(file) for file in files}))
    done = millwright(tmp_path, "results", "verify", "site", "--allow-unsigned")
    assert done.returncode == 1
    assert "is counted as stored and not by its raw output" in done.stdout + done.stderr
