"""Every captured output: those that ended well count as they were printed, no failure ever counts."""

import json
from pathlib import Path

import pytest

from millwright.checks.parser import Evidence, Parsed, ToolFile, run_parser
from millwright.results.tools.registry import TOOLS

DATA = Path(__file__).resolve().parents[2] / "data" / "tools"
INDEX = json.loads((DATA / "index.json").read_text())
GOOD = [each for each in INDEX if each["folder"] == "good"]
FAILED = [each for each in INDEX if each["folder"] == "failed"]
VISIBLE_IN_STATUS_OR_STDERR_ONLY = {"v74_latency_mt_exit1_after_table", "no_input_file"}


def parse(each, *, with_stderr=True, with_status=True) -> Parsed:
    folder = DATA / each["tool"] / each["folder"]
    names = [name for name in each["files"] if with_stderr or not name.endswith(".stderr")]
    files = tuple(ToolFile(name, (folder / name).read_bytes()) for name in names)
    status = each["exit_status"] if with_status else None
    return run_parser(TOOLS[each["tool"]].parse, Evidence(files, each["command"], status))


def ids(entries):
    return [f"{each['tool']}-{each['name']}" for each in entries]


@pytest.mark.parametrize("each", GOOD, ids=ids(GOOD))
def test_an_output_that_ended_well_counts(each):
    parsed = parse(each)
    assert parsed.faults == ()
    assert parsed.counted == parsed.measurements != ()
    metrics = TOOLS[each["tool"]].metrics
    assert {(m.metric, m.unit) for m in parsed.counted} <= {(name, m.unit) for name, m in metrics.items()}


@pytest.mark.parametrize("each", FAILED, ids=ids(FAILED))
def test_a_failed_output_never_counts(each):
    parsed = parse(each)
    assert parsed.faults
    assert parsed.counted == ()


@pytest.mark.parametrize("each", FAILED, ids=ids(FAILED))
def test_a_failed_output_does_not_count_without_its_exit_status(each):
    assert parse(each, with_status=False).counted == ()


SILENT = [each for each in FAILED if each["name"] not in VISIBLE_IN_STATUS_OR_STDERR_ONLY]


@pytest.mark.parametrize("each", SILENT, ids=ids(SILENT))
def test_a_failed_output_does_not_count_by_its_standard_output_alone(each):
    assert parse(each, with_stderr=False, with_status=False).counted == ()
