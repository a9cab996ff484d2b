"""What every parser's findings are held to."""

import pytest

from millwright.checks.parser import MAX_BYTES, Evidence, Fault, Measurement, Parsed, ToolFile, run_parser


def run(*measurements, faults=(), exit_status=None):
    return run_parser(lambda _: Parsed(measurements, faults), Evidence((), exit_status=exit_status))


LATENCY = Measurement("latency", "size=8", "us", (1.0, 1.1), "n1")


def test_a_sound_output_counts():
    assert run(LATENCY).counted == (LATENCY,)


@pytest.mark.parametrize("values", [(), (float("nan"),), (1.0, float("inf")), (-1.0,)])
def test_values_that_can_be_no_result_spoil_the_output(values):
    assert run(LATENCY, Measurement("latency", "size=4", "us", values, "n1")).counted == ()


def test_an_exit_status_other_than_0_spoils_the_output():
    assert run(LATENCY, exit_status=1).counted == ()


def test_a_series_that_stands_twice_spoils_the_output():
    assert run(LATENCY, LATENCY).counted == ()


def test_a_fault_spoils_only_the_place_that_it_names():
    other = Measurement("latency", "size=8", "us", (1.0,), "n2")
    assert run(LATENCY, other, faults=(Fault("drained", node="n1"),)).counted == (other,)


def test_an_output_without_result_or_fault_gets_a_fault():
    assert run().faults == (Fault("holds no result of this tool"),)


def test_an_output_beyond_every_size_is_not_read():
    parsed = run_parser(lambda _: Parsed((LATENCY,)), Evidence((ToolFile("x", b" " * (MAX_BYTES + 1)),)))
    assert parsed.counted == ()


def test_many_faults_are_cut_short_without_letting_anything_count():
    faults = [Fault(f"{number} {'x' * 1000}") for number in range(100)]
    parsed = run(LATENCY, faults=faults)
    assert len(parsed.faults) == 21
    assert max(len(fault.reason) for fault in parsed.faults) == 500
    assert parsed.counted == ()
