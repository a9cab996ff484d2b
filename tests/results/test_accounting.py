"""What sacct answers, as evidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.checks.registry import shipped_checks
from millwright.core.errors import FailedError
from millwright.results.accounting import AccountingEvidence, UsageRow, read_usage
from millwright.results.records import from_json, to_json
from millwright.results.runs import load_run
from millwright.results.session import open_session
from millwright.results.storing import store_run
from millwright.results.verification import verify_run

PERIOD = {"begin": "2026-01-01T00:00:00Z", "end": "2026-11-24T12:00:00Z", "command": ("sacct",)}
SHAPE = "billing=1000000,cpu=1,mem=2000M,node=1"
CAPTURED = f"""\
coast|ada|playground|cpu|3|{SHAPE}
flood|ada|emergency|cpu|5|{SHAPE}
coast|ada|playground|cpu|0|
coast|ada|playground|cpu|6|{SHAPE}
"""
"""Of a job that gave way to an emergency and ran again, and of one that never started."""


def test_every_run_of_a_requeued_job_counts_and_what_never_ran_does_not():
    found = read_usage(CAPTURED, **PERIOD)
    assert found.lines == 4
    assert found.rows == (
        UsageRow("coast", "ada", "playground", "cpu", SHAPE, allocations=2, seconds=9),
        UsageRow("flood", "ada", "emergency", "cpu", SHAPE, allocations=1, seconds=5),
    )


@pytest.mark.parametrize(
    "line", ["coast|ada|playground|cpu|3", "a|b|c|d|e|f", "a|b|c|d|-3|cpu=1", "a|b|c|d|e|3|cpu=1"]
)
def test_an_answer_of_another_form_is_not_guessed_at(line):
    with pytest.raises(FailedError, match="line 2 of sacct's answer"):
        read_usage(CAPTURED.splitlines()[0] + "\n" + line + "\n", **PERIOD)


NAMES = st.sampled_from(["coast", "hills", "flood"])
LINES = st.tuples(NAMES, NAMES, st.sampled_from(["playground", "emergency"]), st.integers(0, 10**9))


@settings(deadline=None)
@given(st.lists(LINES))
def test_no_second_is_lost_or_counted_twice(lines):
    text = "".join(f"{account}|{user}|{mode}|cpu|{seconds}|cpu=1\n" for account, user, mode, seconds in lines)
    found = read_usage(text, **PERIOD)
    assert sum(row.seconds for row in found.rows) == sum(line[-1] for line in lines)
    assert from_json(AccountingEvidence, to_json(found), "accounting.json") == found


def test_the_usage_is_stored_with_the_run_and_under_its_manifest(
    tmp_path, session_folder, rack_file, run_info
):
    found = read_usage(CAPTURED, **PERIOD)
    sessions = [open_session(session_folder)]
    path = store_run(
        tmp_path, run_info, rack_file.read_bytes(), sessions, accounting=found, registry=shipped_checks()
    )
    assert load_run(path).accounting == found
    assert "accounting.json" in load_run(path).sums
    file = path / "accounting.json"
    file.chmod(0o644)
    file.write_text(file.read_text().replace('"seconds": 9', '"seconds": 8'))
    assert verify_run(path).changed == ("accounting.json",)


def test_a_run_from_before_has_no_usage(rack_run):
    assert rack_run.accounting is None


def test_without_an_answer_none_of_it_is_counted():
    silent = AccountingEvidence("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", problem="no answer in time")
    assert (silent.lines, silent.rows, silent.sha256) == (0, (), "")
