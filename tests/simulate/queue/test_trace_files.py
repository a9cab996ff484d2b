"""Traces of others: read as they are, and refused with holes."""

import pytest

from millwright.simulate.queue.trace_files import TraceError, read_sacct, read_swf

SWF = """; UnixStartTime: 0
1 100 5 60 8 -1 -1 8 120 -1 1 1 1 1 1 1 -1 -1
2 40 5 30 -1 -1 -1 17 -1 -1 1 1 1 1 1 1 -1 -1
3 50 5 -1 8 -1 -1 8 120 -1 5 1 1 1 1 1 -1 -1
"""
SACCT = """JobIDRaw|Submit|NNodes|ElapsedRaw|TimelimitRaw|QOS|State
7|2026-11-30T10:00:10|4|100|2|normal|COMPLETED
8|2026-11-30T10:00:00|2|50|UNLIMITED|high|TIMEOUT
9|2026-11-30T10:00:05|2|0|10|high|CANCELLED by 0
"""


def columns(trace):
    jobs = trace.jobs
    return [column.tolist() for column in (jobs.submit, jobs.nodes, jobs.run, jobs.req, jobs.mode)]


def test_processors_of_a_standard_trace_become_whole_nodes_and_unknown_jobs_are_counted():
    trace = read_swf(SWF.splitlines(), processors_per_node=8)
    assert columns(trace) == [[0, 60], [3, 1], [30, 60], [30, 120], [0, 0]]
    assert trace.left_out == {"no run time": 1}


def test_sacct_gives_modes_by_qos_and_limits_in_minutes():
    trace = read_sacct(SACCT.splitlines(), ["normal", "high"])
    assert columns(trace) == [[0, 10], [2, 4], [50, 100], [50, 120], [1, 0]]
    assert trace.left_out == {"never ran": 1}


@pytest.mark.parametrize(
    ("text", "lines"),
    [(SWF + "4 5\n", ["line 5"]), (SWF.replace("1 100 5", "1 nan x"), ["line 2"]), ("", ["line 1"])],
)
def test_a_standard_trace_with_holes_is_refused(text, lines):
    with pytest.raises(TraceError) as caught:
        read_swf(text.splitlines(), 8)
    assert [finding.key for finding in caught.value.findings] == lines


@pytest.mark.parametrize(
    "text",
    [
        SACCT.replace("|QOS|", "|Account|"),
        SACCT.replace("|high|TIMEOUT", "|other|TIMEOUT"),
        SACCT.replace("|4|100|", "|100|"),
        SACCT.replace("2026-11-30T10:00:10", "Unknown"),
        SACCT.replace("|4|", "|0|"),
    ],
)
def test_broken_lines_of_sacct_are_refused(text):
    with pytest.raises(TraceError):
        read_sacct(text.splitlines(), ["normal", "high"])
