"""An output that ended well, with one thing in it changed that makes it worthless: it never counts."""

import json
from pathlib import Path

import pytest

from millwright.checks.parser import Evidence, ToolFile, run_parser
from millwright.results.tools.registry import TOOLS

DATA = Path(__file__).resolve().parents[2] / "data" / "tools"
INDEX = {(each["tool"], each["name"]): each for each in json.loads((DATA / "index.json").read_text())}

CHANGES = [
    ("hpl", "n4000_1x2", "...... PASSED", "...... FAILED", "residual check"),
    ("hpl", "n4000_1x2", "7.5493e+01", "8.5493e+01", "not that of its size and time"),
    ("hpl", "sweep", "0 tests completed and failed", "1 tests completed and failed", "does not confirm"),
    ("hpl", "sweep", "Finished     16", "Finished     17", "does not confirm"),
    ("hpcg", "nx16_rt5", "Iteration Count Information::Result=PASSED", "X::Result=FAILED", "3 of 4 checks"),
    ("hpcg", "nx16_rt5", "rating of=6.00624", "rating of=9.00624", "rating is not the rate"),
    (
        "hpcg",
        "v30_nx16_rt12",
        "result is VALID with",
        "result is INVALID with",
        "say that the result is valid",
    ),
    ("hpcg", "nx16_rt5", "GFLOP/s Summary::Raw MG", "GFLOP/s Summary::Raw M", "no rate 'Raw MG'"),
    ("babelstream", "v60rc_double", "Triad       32463", "Triad       92463", "do not fit each other"),
    ("babelstream", "v50_double", "Mul  ", "Mux  ", "not whole"),
    (
        "babelstream",
        "v50_double",
        "Function",
        "Validation failed on a[]. Average error 1\nFunction",
        "Validation",
    ),
    ("babelstream", "v50_double_csv", "max_mbytes_per_sec,min", "max_furlongs,min", "do not fit each other"),
    ("iperf3", "tcp_json", '"sum_received"', '"sum_lost"', "no JSON of iperf3"),
    (
        "iperf3",
        "tcp_json",
        '"start":',
        '"error": "interrupt - the client has terminated", "start":',
        "failed",
    ),
    ("iperf3", "tcp_json", '"duration":\t5', '"duration":\t50', "ran 5.00093 of 50 s"),
    ("iperf3", "udp_json", '"bits_per_second":\t499449226', '"bits_per_second":\t999449226', "do not fit"),
    ("ucx_perftest", "shm_tag_lat", "5179016     5179016", "5179016     9179016", "do not fit each other"),
    ("ucx_perftest", "shm_batch", "Final:                100000", "Finally", "has no result"),
    ("stress-ng", "several_metrics", "metrc: [7353] vm  ", "metrc: [7353] wm  ", "no metrics of vm"),
    ("stress-ng", "several_metrics", "successful run", "unsuccessful run", "unsuccessful run"),
    ("stress-ng", "several_metrics", "metrc: [7353] cpu ", "fail:  [7353] cpu ", "cpu"),
    ("stress-ng", "cpu_metrics", "3252.28", "9252.28", "do not fit each other"),
    ("nvbandwidth", "superbench", "295.15    312.11", "395.15    312.11", "add up to"),
    ("nvbandwidth", "superbench", "SUM host_device_latency_sm", "SUM other", "the sum of another test"),
]


def parse(tool, name, before, after):
    each = INDEX[tool, name]
    texts = [(DATA / tool / "good" / file).read_text() for file in each["files"]]
    assert any(before in text for text in texts)
    files = tuple(
        ToolFile(file, text.replace(before, after, 1).encode())
        for file, text in zip(each["files"], texts, strict=True)
    )
    return run_parser(TOOLS[tool].parse, Evidence(files, each["command"], 0))


@pytest.mark.parametrize("change", CHANGES, ids=[f"{c[0]}-{c[1]}-{n}" for n, c in enumerate(CHANGES)])
def test_one_change_makes_an_output_worthless(change):
    *where, reason = change
    parsed = parse(*where)
    assert parsed.counted == ()
    assert any(reason in fault.reason for fault in parsed.faults), parsed.faults


@pytest.mark.parametrize(
    ("tool", "name", "metric", "value"),
    [
        ("hpl", "n8000_1x2", "hpl", 86.235),
        ("hpcg", "nx32_rt10", "hpcg", 4.50263),
        ("hpcg", "v30_nx16_rt12", "mg", 5.81777),
        ("babelstream", "v50_double", "triad_bw", 31.385576),
        ("babelstream", "v50_double_mib", "copy_bw", 26.545170153472),
        ("iperf3", "tcp_json", "received", 23.351633749795792),
        ("iperf3", "udp_json", "lost", 0.0873973081629086),
        ("ucx_perftest", "shm_tag_lat", "latency", 0.193),
        ("ucx_perftest", "tcp_tag_bw", "bandwidth", 5215.49),
        ("stress-ng", "cpu_metrics", "bogo_ops", 3252.28),
        ("nvbandwidth", "superbench", "latency", 772.58),
    ],
)
def test_a_value_is_read_to_its_last_digit(tool, name, metric, value):
    found = [m.values for m in parse(tool, name, "", "").counted if m.metric == metric]
    assert (value,) in found
