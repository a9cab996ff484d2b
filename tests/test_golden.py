"""The one `golden` fixture: a difference fails and names the command; the option writes the file."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OPTIONS = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib")


@pytest.fixture
def pytest_in(tmp_path):
    """Run pytest on one test whose golden file holds ``old``, with this folder's conftest."""
    for name in ("conftest.py", "rack_repair.py"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    (tmp_path / "test_it.py").write_text("def test_it(golden):\n    golden('sub/it.txt', 'new\\n')\n")
    (tmp_path / "golden/sub").mkdir(parents=True)
    (tmp_path / "golden/sub/it.txt").write_text("old\n")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "pytest", *OPTIONS, "--rootdir", tmp_path, *arguments, tmp_path],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_difference_fails_with_the_command_that_accepts_it(pytest_in, tmp_path):
    done = pytest_in()
    assert done.returncode == 1
    assert "--update-golden" in done.stdout
    assert (tmp_path / "golden/sub/it.txt").read_text() == "old\n"


def test_the_option_writes_what_the_next_run_compares(pytest_in, tmp_path):
    assert pytest_in("--update-golden").returncode == 0
    assert (tmp_path / "golden/sub/it.txt").read_text() == "new\n"
    assert pytest_in().returncode == 0


def test_no_other_folder_declares_a_golden_fixture_or_option():
    declared = [
        path
        for path in HERE.rglob("conftest.py")
        if "def golden(" in path.read_text() or "--update-golden" in path.read_text()
    ]
    assert declared == [HERE / "conftest.py"]
