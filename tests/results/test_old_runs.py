"""Three runs as they were stored before samples were columns stay readable, and so do their verdicts."""

from pathlib import Path

import pytest

from millwright.facility import load_facility
from millwright.results.runs import find_run, list_runs, load_run
from millwright.results.verification import verify_run
from millwright.verdicts.scorecard import score

RESULTS = Path(__file__).parents[1] / "data" / "runs_of_form_1"
RUNS = ("20261123T172147Z-1a2b3c4d", "20261124T080000Z-00000002", "20261125T080000Z-00000003")


def load(run_id):
    return load_run(RESULTS / "rack" / run_id)


def test_they_are_listed_and_the_newest_is_found():
    assert tuple(run.name for run in list_runs(RESULTS, "rack").runs) == RUNS
    assert find_run(RESULTS, "rack").name == RUNS[-1]


@pytest.mark.parametrize(
    ("run_id", "samples", "rejected"), list(zip(RUNS, (128, 24, 0), (4, 0, 2), strict=True))
)
def test_an_old_run_is_loaded_and_judged(run_id, samples, rejected):
    assert verify_run(RESULTS / "rack" / run_id).is_intact
    run = load(run_id)
    assert (len(run.samples), len(run.rejected)) == (samples, rejected)
    assert {row.judgement.verdict for row in score(load_facility(run.facility_file), run).rows}


def test_an_old_series_keeps_its_values_and_devices():
    run = load(RUNS[1])
    assert [(series.metric, series.device, series.values.tolist()) for series in run.series] == [
        ("fp32_rate", "0", [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]),
        ("fp32_rate", "1", [101.0, 102.0, 103.0, 104.0, 105.0, 106.0]),
        ("fp64_rate", "0", [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]),
        ("fp64_rate", "1", [101.0, 102.0, 103.0, 104.0, 105.0, 106.0]),
    ]
    assert load(RUNS[0]).accounting.rows[0].account == "coast"
