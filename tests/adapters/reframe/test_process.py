"""Command lines of ReFrame, and what its output says."""

from pathlib import PurePosixPath

import pytest

from millwright.adapters.reframe.process import (
    CaseEvent,
    EventReader,
    LaunchSite,
    checks_of,
    count_listed,
    explain_failure,
    read_event,
    session_command,
    session_environment,
)
from millwright.checks.registry import shipped_checks
from millwright.core.errors import BadInputError, NotTestableError

HOME = PurePosixPath("/opt/mill wright")


def command(seat, checks=("Gemm",), action="--run"):
    return session_command(PurePosixPath("/venv/bin/reframe"), HOME, seat, checks, action)


def test_the_harness_leaves_access_to_the_user():
    assert "--exclude-tag=access" in command(LaunchSite.HARNESS)
    assert "--tag=access" in command(LaunchSite.USER)


def test_checks_are_selected_by_their_whole_name():
    assert "--name=^Gemm(%[.]|$)" in command(LaunchSite.HARNESS)


def test_one_measurement_runs_at_a_time():
    assert "--exec-policy=serial" in command(LaunchSite.HARNESS)


def test_warnings_are_errors_whatever_the_user_has_set():
    assert session_environment(HOME)["RFM_WARN_AS_ERROR"] == "1"


def test_each_check_belongs_to_one_seat():
    checks = ["AntennaAccess", "MemoryBandwidth", "Gemm"]

    assert checks_of(LaunchSite.USER, checks, shipped_checks()) == ("AntennaAccess",)
    assert checks_of(LaunchSite.HARNESS, checks, shipped_checks()) == ("MemoryBandwidth", "Gemm")


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("[ RUN      ] Gemm /9aa64c94 @rack:cpu+gnu-x86_64", CaseEvent("Gemm", "cpu", "")),
        ("[       OK ] (2/5) Gemm /9aa64c94 @rack:cpu+gnu-x86_64", CaseEvent("Gemm", "cpu", "OK", 2, 5)),
        ("[     FAIL ] (3/5) Gemm /9aa64c94 @rack:cpu+mpi", CaseEvent("Gemm", "cpu", "FAIL", 3, 5)),
        ("[    ABORT ] (3/5) Gemm /9aa64c94 @rack:cpu+mpi", CaseEvent("Gemm", "cpu", "ABORT", 3, 5)),
        ("[       OK ] (1/2) Gemm %n=1 /9aa64c94 @a:b-c+d", CaseEvent("Gemm", "b-c", "OK", 1, 2)),
        ("[  PASSED  ] Ran 5/5 test case(s) from 5 check(s) (0 failure(s))", None),
        ("P: fp64_rate: 51.1 GFLOP/s", None),
        ("", None),
    ],
)
def test_cases_are_followed_line_by_line(line, event):
    assert read_event(line) == event


@pytest.mark.parametrize(
    ("output", "count"),
    [("[List of matched checks]\nFound 3 check(s)\n", 3), ("Found 0 check(s)", 0), ("", 0)],
)
def test_listed_checks_are_counted(output, count):
    assert count_listed(output) == count


def test_a_file_that_does_not_import_is_named():
    output = (
        "ERROR: run session stopped: warning as error: skipping test file 'reframe_checks/a.py': "
        "module not found error: No module named 'nothing':\n| /x/reframe_checks/a.py:1\n"
    )
    error = explain_failure(output, LaunchSite.HARNESS)

    assert isinstance(error, BadInputError)
    assert [(p.file, p.problem) for p in error.problems] == [
        ("reframe_checks/a.py", "can't be loaded: module not found error: No module named 'nothing':")
    ]


def test_a_file_that_is_not_python_is_named():
    output = (
        'Traceback:\n  File "/venv/reframe/cli.py", line 1, in main\n'
        '  File "/x/reframe_checks/a.py", line 2\n    def x(:\n          ^\nSyntaxError: invalid syntax\n'
    )
    error = explain_failure(output, LaunchSite.HARNESS)

    assert isinstance(error, BadInputError)
    assert error.problems[0].file == "/x/reframe_checks/a.py"


def test_a_session_that_ran_nothing_is_bad_input():
    output = "[  PASSED  ] Ran 0/0 test case(s) from 0 check(s) (0 failure(s))\n"

    assert isinstance(explain_failure(output, LaunchSite.USER), BadInputError)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("x\nssh: connect to host h port 22: Connection refused\n", "Connection refused"),
        ("ERROR: could not load\nmore\nmillwright.errors.BadInputError: f: k: bad\n", "f: k: bad"),
        ("", "no output"),
        ("error: " + "x" * 10_000, "error: xxx"),
    ],
)
def test_any_other_failure_is_not_testable_and_told_in_one_line(output, reason):
    error = explain_failure(output, LaunchSite.HARNESS)

    assert isinstance(error, NotTestableError)
    assert reason in str(error)
    assert len(str(error)) < 500


def test_a_failure_waits_for_the_phase_that_reframe_names_later():
    reader = EventReader()
    lines = [
        "[     FAIL ] (1/2) Gemm /9aa64c94 @rack:cpu+mpi\n",
        "P: fp64_rate: 51.1 GFLOP/s (r:99 l:0 u:None)\n",
        "==> test failed during 'performance': test staged in '/x'\n",
        "[       OK ] (2/2) Gemm /9aa64c94 @rack:cpu+gnu\n",
    ]
    assert [reader.read(line) for line in lines] == [
        (),
        (),
        (CaseEvent("Gemm", "cpu", "FAIL", 1, 2, phase="performance"),),
        (CaseEvent("Gemm", "cpu", "OK", 2, 2),),
    ]
    assert reader.end() == ()


def test_a_failure_whose_phase_is_never_named_is_not_lost():
    failed = CaseEvent("Gemm", "cpu", "FAIL", 1, 2)
    reader = EventReader()
    assert reader.read("[     FAIL ] (1/2) Gemm /9aa64c94 @rack:cpu+mpi") == ()
    started = reader.read("[ RUN      ] Gemm /9aa64c94 @rack:cpu+gnu-x86_64")
    assert started == (failed, CaseEvent("Gemm", "cpu", ""))
    reader.read("[     FAIL ] (1/2) Gemm /9aa64c94 @rack:cpu+mpi")
    assert reader.end() == (failed,)
    assert reader.end() == ()
