"""One of 1,000 nodes goes wrong: it alone is refused, with its reason, in a real session's report."""

import json
import time

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.verdict import Verdict
from millwright.facility import load_facility
from millwright.results.run_info import RunInfo
from millwright.results.runs import load_run
from millwright.results.session import SessionFolder, open_session
from millwright.results.storing import store_run
from millwright.verdicts.scorecard import score

NODES = [f"sim-c{number}" for number in range(1, 1001)]
BAD = "sim-c500"
METRICS = ("copy_bw", "scale_bw", "add_bw", "triad_bw")
REPETITIONS = 15
RUN = "20261123T172147Z-1a2b3c4d"
STARTED = 1795454507

FACILITY = """
plugin: facility
name: sim
title: Simulated nodes
kind: virtual
partitions:
  cpu:
    title: CPU
    nodes: sim-c[1-1000]
    scheduler: local
    checks: {MemoryBandwidth: {triad_bw: null}}
"""


def lines_of(node):
    samples = [
        f'{{"metric":"{metric}","value":{100 + rep}.5,"unit":"GB/s","rep":{rep},"node":"{node}","device":"",'
        f'"started":{STARTED + rep}.500000}}\n'
        for rep in range(REPETITIONS)
        for metric in METRICS
    ]
    return [*samples, f'{{"probe":"done","samples":{len(samples)},"node":"{node}"}}\n']


def failing(lines):
    end = {"probe": "failed", "code": 3, "reason": "no such device } $(id)", "node": BAD}
    return [*lines[:7], json.dumps(end) + "\n"]


def hanging(lines):
    return lines[:7]


def silent(_):
    return []


def babbling(lines):
    """Without the wrapper: garbage in place of its lines, and nothing that vouches."""
    return [*lines[:3], "\x00\xff\x1b[2J noise\n", '{"metric":\x07\n', "{{{{\n" * 2000]


def cut(lines):
    """The node died while it printed: the next node's line follows at once."""
    return [*lines[:7], lines[7][:31]]


def cut_in_its_end(lines):
    return [*lines[:-1], lines[-1][:20]]


FAULTS = {
    failing: ("FAILED", 3, "failed with exit code 3: no such device } $(id)"),
    hanging: ("TIMEOUT", 0, "its job ended as TIMEOUT"),
    silent: ("NODE_FAIL", 1, "printed nothing, and its job exited with 1"),
    babbling: ("FAILED", 1, "a broken line that names no node"),
    cut: ("NODE_FAIL", 1, "never said that it was done"),
    cut_in_its_end: ("COMPLETED", 0, "never said that it was done"),
}


def make_session(folder, fault, state, code):
    place = folder / "output/sim/cpu/gnu/MemoryBandwidth"
    place.mkdir(parents=True)
    with (place / "rfm_job.out").open("w", encoding="utf-8") as file:
        for node in NODES:
            file.writelines(fault(lines_of(node)) if node == BAD else lines_of(node))
    case = {
        "name": "MemoryBandwidth", "unique_name": "MemoryBandwidth", "system": "sim", "partition": "cpu",
        "environ": "gnu", "result": "pass", "fail_phase": None, "fail_reason": None, "filename": "check.py",
        "scheduler": "slurm", "jobid": "1", "job_exitcode": code, "job_state": state,
        "job_nodelist": NODES, "job_stdout": "rfm_job.out", "job_stderr": "rfm_job.err",
        "job_submit_time": STARTED, "job_completion_time_unix": STARTED + 60.0,
        "stagedir": "/b/stage/sim/cpu/gnu/MemoryBandwidth", "outputdir": "/b/output/MemoryBandwidth",
    }  # fmt: skip
    session = {
        "uuid": "u", "data_version": "4.2", "version": "4.10.4", "hostname": "h", "num_cases": 1,
        "time_start_unix": float(STARTED), "time_end_unix": STARTED + 90.0, "prefix_stage": "/b/stage",
        "prefix_output": "/b/output", "cmdline": "reframe -r",
    }  # fmt: skip
    report = {"session_info": session, "runs": [{"testcases": [case]}]}
    (folder / "run-report.json").write_text(json.dumps(report))
    return open_session(
        SessionFolder("harness", folder / "run-report.json", folder / "stage", folder / "output")
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_one_of_1000_nodes_is_refused_with_its_reason_and_the_others_count(tmp_path, fault):
    state, code, reason = FAULTS[fault]
    session = make_session(tmp_path, fault, state, code)
    info = RunInfo(RUN, "sim", "2026-11-23T17:21:47Z", "2026-11-23T17:24:00Z", "0", bounds=())
    begin = time.process_time()
    path = store_run(tmp_path / "results", info, FACILITY.encode(), [session], registry=shipped_checks())
    spent = time.process_time() - begin
    run = load_run(path)
    scorecard = score(load_facility(run.facility_file), run)
    rows = {row.node: row.judgement for row in scorecard.rows}

    assert {rejected.node for rejected in run.rejected} == {BAD}
    assert reason in " ".join(text for rejected in run.rejected for text in rejected.reasons)
    assert len(run.samples) == 999 * len(METRICS) * REPETITIONS
    assert rows[BAD].verdict is Verdict.NOT_MEASURED
    assert reason in rows[BAD].reason
    assert sum(row.interval is not None for row in rows.values()) == 999
    assert spent < 5
