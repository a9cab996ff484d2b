"""The environment is made by uv or else by pip, by hash, and a failure leaves the one that was there."""

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "tools" / "setup"

PYTHON = """#!/bin/sh
# A stand-in for Python: notes its call; `-m venv` copies itself; `-m pip` does what the test asks for.
echo "python $*" >>"$CALLS"
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip") case "$*" in
    *config*) exit 1 ;;
    *uv.txt*) [ -z "$GETS_UV" ] && exit 1; cp "$GETS_UV" "${0%/*}/uv" ;;
    *) sleep "${PIP_TAKES:-0}"; [ -z "$PIP_FAILS" ] && exit 0
       echo "WARNING: Location '/mirror' is ignored"; echo "ERROR: no such package"; exit 1 ;;
    esac ;;
-c*) case "$2" in *sys.stdin*) exec python3 "$@" ;; esac ;;
esac
"""
UV = """#!/bin/sh
if [ "$1" = --version ]; then echo "uv {version}"; exit 0; fi
echo "uv $*" >>"$CALLS"
{does}
"""


@pytest.fixture
def make(tmp_path):
    """Make an environment with stand-ins: how it ended, what it printed, and what was called."""

    def program(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    python = program("python", PYTHON)
    calls = tmp_path / "calls"
    environment = {
        "PATH": f"{tmp_path}/bin:/usr/bin:/bin",
        "CALLS": str(calls),
        "TMPDIR": str(tmp_path),
        "GETS_UV": "",
    }

    class Making:
        venv = tmp_path / "venv"
        folder = tmp_path

        def uv(self, does="exit 0", version="0.9.1 (x86_64)", name="bin/uv"):
            return str(program(name, UV.format(does=does, version=version)))

        def begin(self, **more):
            command = ["bash", str(SETUP / "venv.sh"), str(python), str(self.venv)]
            return subprocess.Popen(
                command, env={**environment, **more}, stderr=subprocess.PIPE, text=True, cwd=tmp_path
            )

        def __call__(self, **more):
            process = self.begin(**more)
            _, printed = process.communicate(timeout=60)
            return process.returncode, printed

        def calls(self, program):
            return [line for line in calls.read_text().splitlines() if line.startswith(program)]

    if any(Path(folder, "uv").exists() for folder in ("/usr/bin", "/bin")):
        pytest.skip("this machine has uv in /usr/bin, which the stand-ins can't hide")
    return Making()


def installs(calls):
    return [call for call in calls if " install" in call]


def test_the_uv_on_the_path_installs_by_hash(make):
    make.uv()
    code, printed = make()
    assert code == 0, printed
    lock, editable = make.calls("uv")
    assert "--require-hashes" in lock
    assert "requirements.lock" in lock
    assert "--editable ." in editable
    assert installs(make.calls("python")) == []
    assert (make.venv / ".ready").exists()


def test_without_one_the_pinned_uv_is_taken_from_the_index_by_hash(make):
    code, printed = make(GETS_UV=make.uv(name="index/uv"))
    assert code == 0, printed
    (got,) = installs(make.calls("python"))
    assert "--require-hashes" in got
    assert got.endswith("uv.txt")
    assert len(make.calls("uv")) == 2


def test_an_old_uv_is_not_used(make):
    make.uv(version="0.4.30")
    code, printed = make(GETS_UV=make.uv(name="index/uv"))
    assert code == 0, printed
    assert len(installs(make.calls("python"))) == 1


@pytest.mark.parametrize("uv", [None, "echo broken; exit 2"])
def test_pip_installs_by_hash_if_uv_is_missing_or_fails(make, uv):
    if uv:
        make.uv(does=uv)
    code, printed = make()
    assert code == 0, printed
    assert "going on with pip" in printed
    lock, editable = installs(make.calls("python"))[-2:]
    assert "--require-hashes" in lock
    assert "--editable ." in editable
    assert (make.venv / ".ready").exists()


def test_a_failure_shows_the_reason_and_leaves_no_environment(make):
    code, printed = make(PIP_FAILS="1")
    assert code == 3
    assert "ERROR: no such package" in printed
    assert "Location" not in printed
    assert not make.venv.exists()


def test_a_failure_leaves_the_environment_that_was_there(make):
    make.uv()
    assert make()[0] == 0
    (make.venv / "mine").touch()
    make.uv(does="exit 2")
    code, printed = make(PIP_FAILS="1")
    assert code == 3
    assert "as it was before" in printed
    assert (make.venv / "mine").exists()
    assert (make.venv / ".ready").exists()
    assert not Path(f"{make.venv}.old").exists()


def test_it_says_that_it_works_at_least_every_five_seconds(make):
    code, printed = make(PIP_TAKES="4")
    assert code == 0
    assert re.search(r"installing with pip: [3-5] s", printed)


def test_an_interruption_ends_the_installation_and_leaves_nothing(make):
    process = make.begin(PIP_TAKES="30")
    for _ in range(200):
        if (make.folder / "calls").exists() and any("requirements.lock" in c for c in make.calls("python")):
            break
        time.sleep(0.05)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert time.monotonic() - started < 10
    assert process.returncode != 0
    assert not make.venv.exists()
    assert [path.name for path in make.folder.glob("tmp.*")] == []


def test_without_python_it_says_what_to_install(tmp_path):
    done = subprocess.run(
        ["bash", SETUP / "venv.sh", "", tmp_path / "venv"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "apt-get install python3 python3-venv" in done.stderr


def test_uv_is_pinned_by_hash_and_names_no_index():
    pinned = (SETUP / "uv.txt").read_text()
    assert re.search(r"(?m)^uv==\d+\.\d+\.\d+ \\$", pinned)
    assert pinned.count("--hash=sha256:") > 1
    assert "://" not in pinned
