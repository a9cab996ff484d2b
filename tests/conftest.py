"""What tests of several layers stand on: a stored run, made of a real session of ReFrame, and the rack."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, settings

sys.path.append(str(Path(__file__).parent))  # for the tests' own helpers

from millwright.checks.registry import shipped_checks
from millwright.facility import load_facility
from millwright.rack.requirements import find_missing
from millwright.rack.session import look_at, open_plan
from millwright.results.run_info import RunInfo
from millwright.results.runs import load_run
from millwright.results.session import SessionFolder, open_session
from millwright.results.storing import store_run
from rack_repair import PROVISIONED, note_failure, repair_before

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell in the background makes its children ignore SIGINT, and tests of interruptions start children."""

settings.register_profile("millwright", deadline=None)  # a deadline would measure how busy the machine is
settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=25,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)  # for `make mutants`: hundreds of runs, and the example that fails is of no interest
settings.load_profile("millwright")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember rack tests that fail."""
    report = yield
    note_failure(item, report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Repair what a failed test left, before any fixture of the next one looks at the rack."""
    repair_before(item)


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden files that tests compare")


@pytest.fixture
def golden(request):
    """Compare a text with a file of the nearest folder ``golden/``, or write it with ``--update-golden``."""
    above = (folder / "golden" for folder in request.path.parents)
    folders = [folder for folder in above if folder.is_dir()]

    def compare(name, text):
        file = next((folder / name for folder in folders if (folder / name).exists()), folders[0] / name)
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        wanted = file.read_bytes().decode()
        where = request.path.parent.relative_to(request.config.rootpath)
        assert text == wanted, f"look at the difference, then: pytest {where} --update-golden"

    return compare


SESSIONS = Path(__file__).parent / "data" / "reframe"


@pytest.fixture(scope="session")
def session_folder():
    folder = SESSIONS / "session"
    return SessionFolder("rack-login", folder / "run-report.json", folder / "stage", folder / "output")


@pytest.fixture(scope="session")
def rack_file():
    return SESSIONS / "facility.yaml"


@pytest.fixture(scope="session")
def rack_facility(rack_file):
    return load_facility(rack_file)


@pytest.fixture(scope="session")
def run_info():
    return RunInfo(
        run_id="20261123T172147Z-1a2b3c4d",
        facility="rack",
        started="2026-11-23T17:21:47Z",
        finished="2026-11-23T17:21:53Z",
        millwright_version="0.1.0",
        git_commit="0123abc",
        tool_versions={"reframe": "4.10.4"},
        host={"kernel": "6.1"},
        emulated_partitions=("dare",),
    )


@pytest.fixture
def stored_run(tmp_path, session_folder, rack_file, run_info):
    """Folder of a stored run below ``tmp_path/results``, for a test to change."""
    return store_run(
        tmp_path / "results",
        run_info,
        rack_file.read_bytes(),
        [open_session(session_folder)],
        registry=shipped_checks(),
    )


@pytest.fixture(scope="session")
def rack_run(tmp_path_factory, session_folder, rack_file, run_info):
    """The same run, loaded; shared by all tests, so its folder must not be changed."""
    root = tmp_path_factory.mktemp("results")
    return load_run(
        store_run(
            root, run_info, rack_file.read_bytes(), [open_session(session_folder)], registry=shipped_checks()
        )
    )


@pytest.fixture(scope="session")
def rack_or_reason():
    """End the test where no rack can run here: skipped, or failed where a rack was required."""
    missing = find_missing()
    if missing:
        reason = f"no rack on this machine, which lacks: {'; '.join(missing)}"
        if os.environ.get("MILLWRIGHT_REQUIRE_RACK") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def rack(rack_or_reason):
    """Plan of the shipped rack, up and answering; taken down at the end only if it was down before."""
    plan = open_plan("rack")
    before = look_at(plan)
    if not before.is_up:
        done = subprocess.run(
            [sys.executable, "-m", "millwright", "rack", "up"], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    yield plan
    if before.is_down:
        subprocess.run([sys.executable, "-m", "millwright", "rack", "down"], check=True, capture_output=True)


@pytest.fixture(scope="session")
def provisioned_rack(request, rack):
    """The shipped rack in its declared state: the same plan, after ``millwright apply rack``."""
    # In one wave: whether a canary goes first is tested where waves are.
    command = [sys.executable, "-m", "millwright", "apply", "rack", "--canary", "0"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    request.session.stash[PROVISIONED] = True
    return rack


@pytest.fixture(scope="session")
def on(rack):
    """Run a shell command on a host of the rack; what it printed, without the white space around."""

    def run(host, command, check=True):
        done = subprocess.run(
            ["ssh", "-F", str(rack.ssh_config), host, command],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.strip()

    return run
