"""The how-to of a site's own check, walked on this machine: declared, measured and reported."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml

from millwright.core.places import product_root

PAGE = (product_root() / "docs" / "how-to" / "add-a-check.md").read_text()
WORKSTATION = product_root() / "inventories" / "workstation" / "facility.yaml"

pytestmark = pytest.mark.tools


def blocks(language):
    found = re.findall(rf"^   ```{language}\n(.*?)^   ```", PAGE, re.MULTILINE | re.DOTALL)
    return [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in found]


def write_check(folder):
    """The check of the page, below `folder`; what the page adds to `checks:` of a partition."""
    declaration, expected = blocks("yaml")
    code, probe = blocks("python")
    place = folder / "sha256"
    place.mkdir(parents=True)
    (place / "check.yaml").write_text(declaration)
    (place / "check.py").write_text(code)
    (place / "sha256_probe.py").write_text(probe)
    return yaml.safe_load(expected)


def millwright(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *words],
        cwd=folder,
        env={**os.environ, "MILLWRIGHT_STATE": str(folder / "state")},
        capture_output=True,
        text=True,
        check=False,
    )


def make_facility(folder, expected):
    data = yaml.safe_load(WORKSTATION.read_text())
    data["name"] = "site"
    data["partitions"]["local"]["checks"] = expected
    folder.mkdir(exist_ok=True)
    (folder / "facility.yaml").write_text(yaml.safe_dump(data))


@pytest.mark.parametrize("where", ["beside the facility", "by option"])
def test_the_check_of_the_page_is_measured_and_reported(tmp_path, where):
    folder = tmp_path / "site"
    options = [] if where == "beside the facility" else ["--checks", str(tmp_path / "further")]
    make_facility(folder, write_check(tmp_path / "further" if options else folder / "checks"))

    checked = millwright(folder, "facility", "check", "./facility.yaml", *options)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    ran = millwright(folder, "run", "./facility.yaml", "--check", "SiteSha256", "--json", *options)
    assert ran.returncode in {0, 1, 3}, ran.stderr
    outcome = json.loads(ran.stdout)
    assert outcome["rejected"] == []
    assert {
        (r["variant"], r["metric"], r["deciding"]["judgement"]["interval"]["n"]) for r in outcome["rollups"]
    } == {
        ("SiteSha256 %block=1024", "sum_rate", 15),
        ("SiteSha256 %block=1048576", "sum_rate", 15),
    }
    stored = json.loads((folder / outcome["path"] / "checks.json").read_text())
    assert "SiteSha256" in {check["name"] for check in stored["checks"]}

    # The report needs the stored run alone: the check may be gone by then.
    (tmp_path / "further" if options else folder / "checks").rename(tmp_path / "gone")
    reported = millwright(folder, "report", "site", "--json")
    rows = [row for group in json.loads(reported.stdout)["groups"] for row in group["rows"]]
    assert {row["says"] for row in rows} == {"SHA-256 by one core"}
    assert {row["parameters"] for row in rows} == {"block=1024", "block=1048576"}
    page = next((folder / "output").glob("site/*/report.html")).read_text()
    assert "SiteSha256 %block=1024" in page


def test_a_check_named_as_a_shipped_one_is_refused_before_anything_runs(tmp_path):
    folder = tmp_path / "site"
    make_facility(folder, {"Gemm": {"fp64_rate": None}})
    write_check(folder / "checks")
    for file in ("check.yaml", "check.py"):
        path = folder / "checks/sha256" / file
        path.write_text(path.read_text().replace("SiteSha256", "Gemm"))
    ran = millwright(folder, "run", "./facility.yaml")
    assert ran.returncode == 2
    assert "two checks are named Gemm" in ran.stderr
