"""Checks whose output looks right although something went wrong: none of them may count.

One real session of ReFrame on its local scheduler, in a copy of the checks in which each class prints
plausible samples and then misbehaves in its own way.
"""

import json
import sys
from pathlib import Path, PurePosixPath

import pytest

from faulty_checks import add_check, make_home
from millwright.adapters.reframe.benchmark import run_benchmarks
from millwright.adapters.reframe.launch_sites import HarnessMachine, LocalMachine
from millwright.adapters.reframe.process import LaunchSite
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError, NotTestableError
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.results.run_info import RunInfo
from millwright.results.runs import list_runs, load_run
from millwright.verdicts.scorecard import score

pytestmark = pytest.mark.tools

FAULTS = {
    "MemoryBandwidth": ("exit-3", "its job exited with 3: no such device } $(id)"),
    "Gemm": ("time-limit", "job timed out"),
    "MpiPointToPoint": ("killed", "its job ended as FAILURE"),
    "MpiAllReduce": ("cut", "never said that it was done"),
    "RiscvVector": ("lost-metric", "triad_speedup of n1 has 0 repetitions, 6 needed"),
}
GOOD = "AcceleratorGemm"

BUILT = """
import reframe as rfm
from reframe.core.builtins import run_before

from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class Gemm(MillwrightCheck, rfm.RegressionTest):
    valid_prog_environs = ["+c"]
    build_system = "SingleSource"
    probe = "probe.c"
    sourcepath = "probe.c"

    @run_before("compile")
    def choose_compiler(self):
        self.build_system.cc = "{compiler}"
"""

FACILITY = """
plugin: facility
name: broken
title: "A facility } $(reboot) <script>"
kind: virtual
partitions:
  local:
    title: "}} $(reboot)"
    nodes: n1
    scheduler: local
    checks:
"""

INFO = RunInfo(
    run_id="20261123T172147Z-1a2b3c4d",
    facility="broken",
    started="2026-11-23T17:21:47Z",
    finished="",
    millwright_version="0.1.0",
)


def run_in(folder, home, checks, interrupt=None):
    facility = folder / "facility.yaml"
    expected = {check: dict.fromkeys(shipped_checks()[check].metrics) for check in checks}
    facility.write_text(FACILITY + f"      {json.dumps(expected)}\n")
    machine = LocalMachine(
        LaunchSite.HARNESS,
        folder / "session",
        home=PurePosixPath(home),
        reframe=PurePosixPath(sys.executable).with_name("reframe"),
    )
    events = []

    def keep(seat, event):
        events.append(event)
        if interrupt and interrupt(event):
            raise KeyboardInterrupt

    stored = run_benchmarks(
        [machine],
        checks,
        facility.read_bytes(),
        registry=shipped_checks(),
        info=INFO,
        now=lambda: "2026-11-23T17:22:47Z",
        root=folder / "results",
        follow=keep,
    )
    run = load_run(stored.path)
    assert stored.was_interrupted is (interrupt is not None)
    return run, score(load_facility(run.facility_file), run), events


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    faults = {name: fault for name, (fault, _) in FAULTS.items()} | {GOOD: "none"}
    return run_in(folder, make_home(folder / "home", faults), list(faults))


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_never_counts_and_its_reason_is_told(outcome, check):
    run, scorecard, _ = outcome
    reasons = [r.reasons for r in run.rejected if r.origin.check == check]

    assert [s for s in run.samples if s.check == check] == []
    assert {r.verdict for r in scorecard.rollups if r.check == check} == {Verdict.NOT_MEASURED}
    assert FAULTS[check][1] in " ".join(reasons[0])


def test_the_check_beside_them_counts(outcome):
    run, scorecard, _ = outcome

    assert {s.check for s in run.samples} == {GOOD}, run.rejected
    assert len(run.samples) == 12 * len(shipped_checks()[GOOD].metrics)
    assert scorecard.exit_code == 3


def test_progress_tells_of_every_case(outcome):
    _, _, events = outcome
    ended = [event for event in events if event.result]

    assert [event.done for event in ended] == list(range(1, len(FAULTS) + 2))
    assert {event.result for event in ended} == {"OK", "FAIL"}
    assert {event.total for event in ended} == {len(FAULTS) + 1}


def test_an_interrupted_run_keeps_what_had_ended(tmp_path):
    started = []

    def is_second_start(event):
        started.append(event.check)
        return len(set(started)) == 2 and started.count(event.check) == 1

    home = make_home(tmp_path / "home", {GOOD: "slow", "Gemm": "slow"})
    run, scorecard, _ = run_in(tmp_path, home, [GOOD, "Gemm"], interrupt=is_second_start)
    first, second = dict.fromkeys(started)

    assert {sample.check for sample in run.samples} == {first}
    assert {r.verdict for r in scorecard.rollups if r.check == second} == {Verdict.NOT_MEASURED}
    assert scorecard.exit_code == 3


@pytest.mark.parametrize(
    ("compiler", "message"),
    [
        ("gcc", "cblas.h not found: install libopenblas-dev"),
        ("no-such-cc", "no-such-cc: command not found"),
    ],
)
def test_a_probe_that_can_not_be_built_says_what_is_missing(tmp_path, compiler, message):
    home = make_home(tmp_path / "home", {})
    add_check(home / "reframe_checks", "Gemm", BUILT.format(compiler=compiler))
    probe = home / "reframe_checks" / "gemm" / "probe.c"
    probe.write_text('#error "cblas.h not found: install libopenblas-dev"\n')
    run, scorecard, _ = run_in(tmp_path, home, ["Gemm"])

    assert len(run.samples) == 0
    assert message in " ".join(run.rejected[0].reasons)
    assert scorecard.exit_code == 3


def break_import(home):
    (home / "reframe_checks" / "broken.py").write_text("import reframe, no_such_module\n")


def break_syntax(home):
    (home / "reframe_checks" / "broken.py").write_text("import reframe\ndef x(:\n")


@pytest.mark.parametrize("sabotage", [break_import, break_syntax])
def test_a_check_file_that_can_not_be_loaded_ends_the_run_before_it_starts(tmp_path, sabotage):
    home = make_home(tmp_path / "home", {GOOD: "none"})
    sabotage(home)

    with pytest.raises(BadInputError) as error:
        run_in(tmp_path, home, [GOOD])

    assert {Path(problem.file).stem for problem in error.value.problems} == {"broken"}
    assert list_runs(tmp_path / "results", "broken").runs == ()
    assert not (tmp_path / "session").exists()


def test_a_selection_that_is_empty_is_no_success(tmp_path):
    home = make_home(tmp_path / "home", {GOOD: "none"})
    declaration = home / "reframe_checks" / "acceleratorgemm" / "check.yaml"
    declaration.write_text(declaration.read_text().replace("- cpu", "- gpu"))

    with pytest.raises(BadInputError, match="no check is selected"):
        run_in(tmp_path, home, [GOOD])

    assert list_runs(tmp_path / "results", "broken").runs == ()
    (link,) = list_runs(tmp_path / "results", "broken").chain.links
    assert (link.state, "no check is selected" in link.refusal) == ("refused", True)


def test_a_machine_without_reframe_is_not_testable(tmp_path):
    nowhere = LocalMachine(
        LaunchSite.HARNESS, tmp_path / "s", PurePosixPath("/"), PurePosixPath("/no/reframe")
    )

    with pytest.raises(NotTestableError, match="/no/reframe"):
        run_benchmarks(
            [nowhere],
            [GOOD],
            b"",
            registry=shipped_checks(),
            info=INFO,
            now=str,
            root=tmp_path / "results",
            follow=lambda *_: None,
        )


def test_a_harness_that_cannot_be_reached_is_not_testable(tmp_path):
    harness = HarnessMachine(("sh", "-c", "exit 255"), PurePosixPath("run"), tmp_path / "session")

    with pytest.raises(NotTestableError, match=r"harness: could not write facility\.yaml at the harness"):
        run_benchmarks(
            [harness],
            [GOOD],
            b"",
            registry=shipped_checks(),
            info=INFO,
            now=str,
            root=tmp_path / "results",
            follow=lambda *_: None,
        )
