"""Logs written after the source of nccl-tests and rccl-tests, in their several layouts."""

from pathlib import Path

import pytest

from millwright.checks.parser import Evidence, ToolFile, run_parser
from millwright.results.tools.nccl_tests import parse

NEW = (Path(__file__).resolve().parents[2] / "data" / "tools" / "nccl-tests" / "all_reduce.log").read_text()
RCCL = (
    NEW.replace("# Collective test starting: all_reduce_perf", "# rccl-tests: Version develop:1a2b3c4")
    .replace("# Collective test concluded: all_reduce_perf\n", "")
    .replace("NVIDIA H100", "AMD Instinct MI300X")
)


def read(text, command=""):
    return run_parser(parse, Evidence((ToolFile("out.log", text.encode()),), command))


def test_a_log_counts_with_its_test_ranks_and_hosts():
    parsed = read(NEW)
    assert parsed.faults == ()
    assert parsed.hosts == ("gpu-1", "gpu-2")
    series = {(m.metric, m.parameters): m for m in parsed.counted}
    place = "place=in,ranks=8,redop=sum,size=32,test=all_reduce,type=float"
    assert series["bus_bw", place].values == (7.1,)
    assert series["average_bus_bw", "ranks=8,test=all_reduce"].values == (5.05,)


def test_rccl_tests_count_with_their_version():
    parsed = read(RCCL, "mpirun -np 8 ./all_reduce_perf -b 8 -e 32 -f 2")
    assert parsed.faults == ()
    assert parsed.version == "develop:1a2b3c4"


def test_a_test_without_operation_leaves_it_out_of_the_parameters():
    text = NEW.replace("sum      -1", "          ").replace("all_reduce", "alltoall")
    parsed = read(text)
    assert parsed.faults == ()
    assert "place=out,ranks=8,size=8,test=alltoall,type=float" in {m.parameters for m in parsed.counted}


def test_an_operation_that_can_t_run_in_place_counts_out_of_place():
    text = (
        NEW.replace("3.10      0", "3.10    N/A")
        .replace("5.10      0", "5.10    N/A")
        .replace("7.10      0", "7.10    N/A")
    )
    assert read(text).faults == ()


def test_a_log_line_within_the_table_spoils_nothing():
    text = NEW.replace("          16  ", "gpu-1:3442:3442 [0] NCCL INFO Launch mode Parallel\n          16  ")
    assert read(text).faults == ()


def test_two_tests_in_one_log_are_two_series():
    parsed = read(NEW + NEW.replace("all_reduce", "all_gather"))
    assert parsed.faults == ()
    assert {m.parameters for m in parsed.counted if m.metric == "average_bus_bw"} == {
        "ranks=8,test=all_gather",
        "ranks=8,test=all_reduce",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5.00      0", "5.00      3"),
        ("values : 0 OK", "values : 7 FAILED"),
        ("# Out of bounds values : 0 OK\n", ""),
        ("# Avg bus bandwidth    : 5.05\n", ""),
        ("Avg bus bandwidth    : 5.05", "Avg bus bandwidth    : 9.05"),
        ("          16 ", "          64 "),
        ("   7.00      0", "    nan      0"),
        ("   7.00      0", ""),
        ("#wrong     time", "#wrong     xtime"),
        ("          16 ", "gpu-1: Test NCCL failure common.cu:958 'unhandled system error'\n          16 "),
        ("          16 ", "gpu-2:77:77 [0] NCCL WARN Net: connection closed by peer\n          16 "),
        (
            "           8             2     float     sum      -1    20.00    2.00    3.00      0    21.00",
            "8 2",
        ),
    ],
)
def test_wrong_cut_or_mixed_logs_never_count(old, new):
    assert old in NEW
    parsed = read(NEW.replace(old, new, 1))
    assert parsed.faults
    assert parsed.counted == ()


def test_a_log_cut_anywhere_before_its_end_mark_never_counts():
    end = NEW.index("# Avg bus bandwidth    : 5.05") + len("# Avg bus bandwidth    : 5.05")
    for at in range(0, end, 7):
        assert read(NEW[:at]).counted == ()
    assert read(NEW[: end - 1]).counted == ()


def test_two_runs_that_printed_at_once_never_count():
    lines = NEW.splitlines(keepends=True)
    mixed = "".join(line for pair in zip(lines, lines, strict=True) for line in pair)
    assert read(mixed).counted == ()
