"""The record of a run at its start."""

import datetime

import pytest

from millwright import __version__
from millwright.adapters.here.run_start import start_run
from millwright.results.run_info import ExpectedValue

STARTED = datetime.datetime(2026, 11, 23, 17, 1, 2, tzinfo=datetime.UTC)
EXPECTED = ExpectedValue("cpu", "Gemm", "fp64_rate", "rack-c1")


def test_it_names_the_run_the_product_and_what_was_set_out_to_measure(rack_facility):
    info = start_run(rack_facility, [EXPECTED], STARTED, "1a2b3c4d")
    assert info.run_id == "20261123T170102Z-1a2b3c4d"
    assert (info.facility, info.started, info.finished) == ("rack", "2026-11-23T17:01:02Z", "")
    assert info.millwright_version == __version__
    assert info.expected == (EXPECTED,)
    assert info.emulated_partitions == ("dare",)
    assert {"kernel", "processor", "cpus"} <= info.host.keys()


def test_a_token_that_is_none_is_refused(rack_facility):
    with pytest.raises(ValueError, match="eight hexadecimal digits"):
        start_run(rack_facility, [], STARTED, "none")
