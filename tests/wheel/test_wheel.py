"""The product from its wheel alone, in an empty folder: the chain, and nothing written into the package."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from millwright.adapters.here.product_archive import build_archive
from millwright.antennas.bundle.product import product_sum

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A user with an empty home, in an empty folder."""
    folder = tmp_path_factory.mktemp("user")
    (folder / "home").mkdir()
    (folder / "work").mkdir()
    return folder


@pytest.fixture(scope="module")
def typed(installed, here):
    """Run Millwright in the user's folder, or below it; what it printed, if it ends with this code."""

    def run(*words, code=0, folder="."):
        done = installed.run(here / "work" / folder, "millwright", *words, home=here / "home")
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def site(typed, here):
    """A site's repository that ``millwright init`` made."""
    typed("init", "coast")
    return here / "work" / "coast"


def files_of(installed):
    """Digest of each file of the package, without what Python compiles by itself."""
    found = (path for path in (installed.packages / "millwright").rglob("*") if path.is_file())
    return {
        path: hashlib.sha256(path.read_bytes()).digest() for path in found if "__pycache__" not in path.parts
    }


def test_the_package_is_not_that_of_the_checkout(installed, here):
    script = "import millwright, sys; print(millwright.__file__, *sys.path)"
    told = installed.run(here, "python", "-c", script, home=here / "home")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(str(installed.packages))
    assert str(ROOT / "tools") not in told.stdout


def test_the_wheel_holds_no_cache_and_no_facility_but_the_shipped_ones(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.endswith(".pyc")]
    described = {name for name in names if name.endswith("/facility.yaml")}
    assert described == {
        f"millwright/data/inventories/{name}/facility.yaml"
        for name in ("gh200", "lighthouse", "rack", "workstation")
    }


@pytest.mark.parametrize("folder", ["antennas", "playbooks", "reframe_checks", "reports"])
def test_every_file_of_a_folder_is_installed(folder, installed):
    """Whatever a role, a check or a template reads beside itself must be there as well."""
    mine = {path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert len(mine) > 5
    missing = [path for path in mine if not (installed.data / path.relative_to(ROOT)).is_file()]
    assert missing == []


def test_shipped_facilities_are_listed_and_check_out(typed):
    listed = json.loads(typed("facility", "list", "--json"))["facilities"]
    assert {row["name"] for row in listed if row["shipped"]} == {"gh200", "lighthouse", "rack", "workstation"}
    typed("facility", "check", "lighthouse", "rack", "workstation")


def test_an_unknown_facility_says_how_to_start_one(typed):
    told = typed("facility", "check", "nowhere", code=2)
    assert "one of gh200, lighthouse, rack, workstation" in told
    assert "millwright init" in told


def test_the_site_is_found_from_any_folder_of_it(typed, site):
    typed("facility", "check", "coast", folder="coast")
    listed = json.loads(typed("facility", "list", "--json", folder="coast/inventories"))["facilities"]
    assert {row["name"]: row["shipped"] for row in listed} == {
        "coast": False,
        "gh200": True,
        "lighthouse": True,
        "rack": True,
        "workstation": True,
    }


def test_what_the_pipelines_run_is_installed(site, installed, here):
    """Every command of Millwright that a pipeline names is one, with the facility's name."""
    github = yaml.safe_load((site / ".github/workflows/millwright.yml").read_text())
    gitlab = yaml.safe_load((site / ".gitlab-ci.yml").read_text())
    steps = [step.get("run", "") for job in github["jobs"].values() for step in job["steps"]]
    lines = [line for key in ("script", "after_script") for line in gitlab["measure"].get(key, [])]
    commands = [line for text in (*steps, *lines, *gitlab["check"]["script"]) for line in text.splitlines()]
    ours = [command.split() for command in commands if "millwright " in command]
    assert {tuple(words[1:]) for words in ours} == {
        ("facility", "check", "coast"),
        ("run", "coast", "--junit", "junit.xml"),
        ("report", "coast"),
    }


def test_ansible_works_on_the_site_by_itself(site, installed, here):
    playbook = ".millwright/playbooks/site.yml"
    words = ("-i", "inventories/coast/facility.yaml", "--list-tasks", playbook)
    told = installed.run(site, "ansible-playbook", *words, home=here / "home")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "verify : Check the partitions" in told.stdout


def test_pyinfra_works_on_the_site_by_itself(site, installed, here):
    words = ("--dry", "inventories/coast/pyinfra.py", ".millwright/antennas/deploy.py")
    told = installed.run(site, "pyinfra", *words, home=here / "home", PYTHONPATH=".millwright")
    assert told.returncode == 0, told.stdout + told.stderr


def test_reframe_lists_our_checks_and_runs_the_sites_own(site, installed, here):
    settings = ("-C", "reframe_settings.py")
    ours = installed.run(
        site, "reframe", *settings, "-c", ".millwright/reframe_checks", "-R", "-l", home=here / "home"
    )
    assert "MemoryBandwidth" in ours.stdout, ours.stdout + ours.stderr
    own = installed.run(
        site, "reframe", *settings, "-c", "inventories/coast/checks", "-R", "-r", home=here / "home"
    )
    assert own.returncode == 0, own.stdout + own.stderr
    assert "Ran 1/1 test case(s)" in own.stdout


def test_the_chain_runs_and_writes_beside_the_user_only(typed, here, installed):
    """Whatever the machine's speed, the verdict is one; the report says which wheel measured."""
    before = files_of(installed)
    typed("plan", "workstation")
    done = installed.run(
        *(here / "work", "millwright", "run", "workstation", "--check", "MemoryBandwidth"), home=here / "home"
    )
    assert done.returncode in {0, 1, 3}, done.stdout + done.stderr
    assert "NOT MEASURED" not in done.stdout
    reported = installed.run(here / "work", "millwright", "report", "workstation", home=here / "home")
    assert reported.returncode == done.returncode, reported.stderr  # what was not asked for is not missing
    latest = here / "work/output/workstation/latest"
    report = json.loads((latest / "report.json").read_text())
    assert report["provenance"]["versions"]["Millwright's wheel"].startswith("sha256:")
    assert "changed since" not in report["provenance"]["versions"]["Millwright's wheel"]
    assert "<title>" in (latest / "report.html").read_text()
    assert files_of(installed) == before


def test_the_sites_own_run_is_stored_in_the_site(typed, site):
    """Started in a folder below it."""
    told = typed("results", "list", "coast", "--json", folder="coast/inventories")
    assert json.loads(told)["runs"] == []
    (site / "results" / "coast").mkdir(parents=True)
    told = typed("report", "coast", folder="coast/inventories", code=2)
    assert str(site / "results") in told


def test_harness_and_gateways_get_the_same_from_wheel_and_checkout(installed, here):
    facility = ROOT / "inventories/rack/facility.yaml"
    script = (
        "import hashlib; from pathlib import Path\n"
        "from millwright.antennas.bundle.product import product_sum\n"
        "from millwright.core.places import product_root\n"
        "from millwright.adapters.here.product_archive import build_archive\n"
        f"print(hashlib.sha256(build_archive(product_root(), Path({str(facility)!r}), 'rack')).hexdigest())\n"
        "print(product_sum(product_root(), python='3.13', machine='x86_64'))"
    )
    told = installed.run(here, "python", "-c", script, home=here / "home")
    assert told.returncode == 0, told.stderr
    archive = hashlib.sha256(build_archive(ROOT, facility, "rack")).hexdigest()
    assert told.stdout.split() == [archive, product_sum(ROOT, python="3.13", machine="x86_64")]
