"""Runs that are killed, interrupted or can't be stored: nothing that had ended is measured again or lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faulty_checks import make_home

pytestmark = pytest.mark.tools

FACILITY = """plugin: facility
name: killed
title: Killed
kind: virtual
partitions:
  local:
    title: Here
    nodes: n1
    scheduler: local
    checks:
      Gemm: {fp64_rate: null, fp32_rate: null}
      MemoryBandwidth: {copy_bw: null, scale_bw: null, add_bw: null, triad_bw: null}
"""


class Site:
    """A facility of two checks that take 1.5 s each, and the command line."""

    def __init__(self, folder):
        self.folder = folder
        self.home = make_home(folder / "product", {"Gemm": "slow", "MemoryBandwidth": "slow"})
        for check in self.home.glob("reframe_checks/*.py"):  # a busy machine takes longer than 2 s
            check.write_text(check.read_text().replace('time_limit = "2s"', 'time_limit = "60s"'))
        (folder / "facility.yaml").write_text(FACILITY)
        self.environment = {
            **os.environ,
            "MILLWRIGHT_HOME": str(self.home),
            "MILLWRIGHT_STATE": str(folder / "state"),
        }

    def start(self, *options):
        command = [sys.executable, "-m", "millwright", "run", "./facility.yaml", *options]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *options):
        process = self.start(*options)
        out, err = process.communicate(timeout=180)
        return process.returncode, out, err

    @property
    def sessions(self):
        return [path for path in (self.folder / "state/killed/sessions").iterdir() if path.is_dir()]

    @property
    def runs(self):
        place = self.folder / "results/killed"
        return sorted(path for path in place.iterdir() if path.name[0] != ".") if place.is_dir() else []


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def wait_for_line(process, text):
    for line in process.stderr:
        if text in line:
            return
    pytest.fail(f"ended without {text!r}")


def wait_until_gone(folder):
    """ReFrame ends its job when the command that started it is killed."""
    end = time.monotonic() + 30
    while any(_works_in(folder, entry) for entry in Path("/proc").iterdir()):
        assert time.monotonic() < end, "ReFrame outlived the command"
        time.sleep(0.2)


def _works_in(folder, entry):
    try:
        return entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


def test_a_run_that_was_killed_goes_on_with_the_check_that_had_not_ended(site):
    process = site.start()
    wait_for_line(process, "1 of 2")
    wait_for_line(process, "running from")
    process.kill()
    process.wait()
    (folder,) = site.sessions
    wait_until_gone(folder)
    assert site.runs == []

    code, out, err = site.run("--resume", "--json")
    assert code == 0, json.loads(out)["rejected"]
    assert err.count("running from") == 1, "only what had not ended"
    outcome = json.loads(out)
    assert len(outcome["rows"]) == 6
    assert {len(row["values"]) for row in outcome["rows"]} == {12}
    info = json.loads((site.runs[0] / "run.json").read_text())
    assert [session["seat"] for session in info["sessions"]] == ["harness", "harness-2"]
    assert [session["cases"] for session in info["sessions"]] == [1, 1]
    assert site.sessions == []


def test_the_next_run_names_the_one_that_was_killed(site):
    process = site.start()
    wait_for_line(process, "running from")
    process.kill()
    process.wait()
    (folder,) = site.sessions
    wait_until_gone(folder)
    _, _, err = site.run("--check", "Gemm")
    assert f"the run {folder.name} was never stored; its raw output is in {folder}" in err
    assert f"--resume {folder.name}" in err
    assert len(site.runs) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_was_asked_to_end_is_stored_as_interrupted(site, number, code):
    process = site.start("--junit", "junit.xml")
    wait_for_line(process, "1 of 2")
    wait_for_line(process, "running from")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    info = json.loads((site.runs[0] / "run.json").read_text())
    assert info["was_interrupted"] is True
    missing = (site.folder / "junit.xml").read_text().count("<error")
    assert missing in {2, 4}, "the metrics of the check that had not ended"
    assert site.sessions == []


def test_a_run_that_could_not_be_stored_is_stored_later_without_measuring(site):
    """A file takes the place of the facility's results while the checks run."""
    process = site.start()
    wait_for_line(process, "1 of 2")
    place = site.folder / "results/killed"
    place.rename(site.folder / "aside")
    place.touch()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3, err
    (folder,) = site.sessions
    assert f"what was measured is in {folder}" in err
    assert f"--resume {folder.name} stores it" in err

    place.unlink()
    (site.folder / "aside").rename(place)
    code, _, err = site.run("--resume", folder.name)
    assert code == 0, err
    assert "running from" not in err
    assert len(site.runs) == 1
    assert site.sessions == []


def test_two_runs_at_once_are_both_stored(site):
    both = [site.start(), site.start()]
    for process in both:
        _, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
    assert len(site.runs) == 2
    numbers = {json.loads((run / "run.json").read_text())["number"] for run in site.runs}
    assert numbers == {1, 2}


def test_a_run_that_is_under_way_is_not_resumed(site):
    process = site.start()
    wait_for_line(process, "running from")
    code, _, err = site.run("--resume")
    assert code == 3
    assert "is under way in another process" in err
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
