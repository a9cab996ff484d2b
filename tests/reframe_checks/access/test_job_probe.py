"""The job probe against programs of the tests' own in place of ssh and Slurm."""

import os
import sys

import pytest

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing

from ..conftest import DATA, python_path, run_probe

QUICK = "import job_probe as p; p.POLLS = 5; p.antenna_probe.PATIENCE_S = 10; p.measure()"
SLURM = {
    "sbatch": """
for argument; do case "$argument" in --output=*) out=${argument#*=} ;; esac; last=$argument; done
echo "$*" >> asked
case "$FAKE_SLURM" in untaken) echo "sbatch: error: Invalid account" >&2; exit 1 ;; late) echo 7; exit ;; esac
if [ "$FAKE_SLURM" = stranger ]; then echo stranger > "$out"; else sh -c "$last" > "$out"; fi
echo '7;rack'
""",
    "scontrol": """
state=COMPLETED
if [ "$FAKE_SLURM" = fails ]; then state=FAILED; fi
echo "JobState=$state Reason=None"
""",
    "scancel": 'echo "scancel $1" >> asked',
}
"""Stand in for Slurm's commands at the factory. FAKE_SLURM says what goes wrong."""


@pytest.fixture
def probe_jobs(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "config").write_text("Host factory\n")
    for name, text in SLURM.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}")
        (tmp_path / name).chmod(0o755)
    monkeypatch.chdir(home)

    def run(fault="", **environment):
        ended = run_probe(
            [sys.executable, "-c", QUICK],
            MILLWRIGHT_SSH_CONFIG=str(tmp_path / "config"),
            MILLWRIGHT_JOB="--account=coast --qos=playground",
            FAKE_SLURM=fault,
            PATH=f"{tmp_path}:{DATA / 'ssh'}:{os.environ['PATH']}",
            PYTHONPATH=python_path("access"),
            **environment,
        )
        return ended, sorted(path.name for path in home.iterdir())

    return run


def test_seven_jobs_are_timed_under_account_and_access_mode_and_leave_nothing(probe_jobs, tmp_path):
    ended, left = probe_jobs()
    output = ended.output("AntennaJob")
    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert list(find_missing(output.samples, shipped_checks()["AntennaJob"].metrics, ["n1"])) == []
    asked = (tmp_path / "home" / "asked").read_text().splitlines()
    assert len(asked) >= 7
    assert all("--mem=64M --account=coast --qos=playground --output=" in line for line in asked)
    assert left == ["asked"]


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("untaken", 1, "a job was not taken, or its output is not its own"),
        ("stranger", 3, "a job did not end within 120 s"),
        ("late", 3, "a job did not end within 120 s"),
        ("fails", 1, "a job gave its output, but did not end as COMPLETED"),
    ],
)
def test_a_job_that_went_wrong_is_never_a_result(probe_jobs, fault, code, message):
    ended, left = probe_jobs(fault)
    assert (ended.code, ended.vouches) == (code, False)
    assert message in ended.stderr
    assert left == ["asked"], "an output was left behind"


def test_a_job_that_is_late_is_cancelled(probe_jobs, tmp_path):
    probe_jobs("late")
    assert "scancel 7" in (tmp_path / "home" / "asked").read_text()


def test_a_way_that_does_not_open_is_never_a_result(probe_jobs):
    ended, _ = probe_jobs(FAKE_SSH="refused")
    assert (ended.code, ended.vouches) == (1, False)
    assert "no session at the factory (ssh exited with 255)" in ended.stderr
