"""``make test``: the rack's tests and the others side by side, and the exit code of both."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "setup" / "test.sh"


@pytest.mark.parametrize(
    ("rack", "local", "code", "failed"),
    [
        ("true", "true", 0, []),
        ("false", "true", 1, ["on the rack"]),
        ("true", "false", 1, ["on this machine"]),
        ("false", "false", 1, ["on the rack", "on this machine"]),
    ],
)
def test_the_exit_code_is_that_of_both(rack, local, code, failed, tmp_path):
    place = tmp_path / "tools" / "setup"
    place.mkdir(parents=True)
    shutil.copy(SCRIPT, place)
    makefile = f"test-rack:\n\t@{rack}\ntest-unit test-tools test-own-rack:\n\t@echo measured here; {local}\n"
    (tmp_path / "Makefile").write_text(makefile)
    done = subprocess.run(["bash", place / "test.sh"], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "measured here" in done.stdout
    assert [f"Tests failed: {each}" for each in failed] == [
        line for line in done.stdout.splitlines() if line.startswith("Tests failed")
    ]
