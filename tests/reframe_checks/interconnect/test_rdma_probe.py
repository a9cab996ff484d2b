"""The RDMA probe with a stand-in for perftest and files in place of /sys; no RDMA device is needed here."""

import itertools
import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.checks.registry import shipped_checks
from millwright.results.completeness import find_missing
from millwright.results.parsers.probe import parse_probe

from ..conftest import CHECKS, DATA, Ended, python_path

sys.path.insert(0, str(CHECKS / "interconnect" / "rdma_point_to_point"))
import perftest
from pairs import neighbours

RUN = (
    "import sys, pathlib, rdma_probe as p; p.rails.ROOT = pathlib.Path(sys.argv[2]);"
    "p.PATIENCE_S = float(sys.argv[3]); p.probe.REPETITIONS = 6; p.main()"
)
PORT = {
    "state": "4: ACTIVE",
    "phys_state": "5: LinkUp",
    "rate": "400 Gb/sec (4X NDR)",
    "link_layer": "InfiniBand",
}
PAIRS = [
    [{"server": "n1", "client": "n2", "place": "n[1-2]"}],
    [{"server": "n2", "client": "n3", "place": "n[2-3]"}],
]


def write_rail(folder, device, **changed):
    port = folder / "sys" / device / "ports" / "1"
    (port / "counters").mkdir(parents=True)
    for name, text in {**PORT, **changed}.items():
        (port / name).write_text(f"{text}\n")
    (port / "counters" / "symbol_error").write_text("0\n")


def install_perftest(folder):
    """The stand-in under both names, beside what it reads."""
    folder.mkdir()
    for file in (DATA / "perftest").iterdir():
        (folder / file.name).write_text(file.read_text())
    text = (DATA / "perftest" / "ib_write").read_text()
    for name in ("ib_write_bw", "ib_write_lat"):
        (folder / name).write_text(f"#!{sys.executable} -S\n{text}")
        (folder / name).chmod(0o755)


def run(folder, nodes=("n1", "n2", "n3"), fault="", *, patience_s=60.0, path=None, rounds=PAIRS):
    plan = {"kind": "infiniband", "rails": {"mlx5_0:1": 400}, "traffic_class": 0, "rounds": rounds}
    (folder / "plan.json").write_text(json.dumps(plan))
    install_perftest(folder / "bin")
    argv = [sys.executable, "-c", RUN, "plan.json", str(folder / "sys"), str(patience_s)]
    shared = {
        **os.environ,
        "PYTHONPATH": python_path("interconnect"),
        "PATH": path if path is not None else f"{folder / 'bin'}:{os.environ['PATH']}",
        "FAKE_PERFTEST": fault,
        "FAKE_SYSFS": str(folder / "sys"),
        "SLURM_JOB_ID": str(os.getpid()),
    }
    procs = [
        subprocess.Popen(
            argv,
            env={**shared, "SLURMD_NODENAME": node},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for node in nodes
    ]
    try:
        outputs = [proc.communicate(timeout=patience_s + 20) for proc in procs]
    finally:
        for proc in procs:
            proc.kill()
    code = max(proc.returncode for proc in procs)
    return Ended(code, "".join(out for out, _ in outputs), "".join(error for _, error in outputs))


def test_every_pair_of_neighbours_has_a_series_for_each_rail(tmp_path):
    write_rail(tmp_path, "mlx5_0")
    ended = run(tmp_path)
    output = parse_probe(ended.stdout, shipped_checks()["RdmaPointToPoint"].metrics)

    assert (ended.code, ended.stderr, output.problems) == (0, "", ())
    assert (
        list(find_missing(output.samples, shipped_checks()["RdmaPointToPoint"].metrics, ["n[1-2]", "n[2-3]"]))
        == []
    )
    assert {sample.device for sample in output.samples} == {"mlx5_0:1"}
    assert {(sample.metric, sample.value) for sample in output.samples} == {
        ("latency", 1.25),
        ("bandwidth", 49.0),
    }


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            "no-device",
            "ended with 1: If device exists, check if driver is up / Unable to find the Infiniband/RoCE",
        ),
        ("cut", "wrote no JSON report"),
        ("unquoted", "wrote no JSON report, which perftest later than 4.5-0.17 does"),
        ("short", "n_iterations is 999, expected 1000"),
        ("idle", "BW_average is 0.0, expected a number above 0"),
        ("ethernet", "Link_type is 'Ethernet', expected 'IB'"),
        ("iwarp", "Transport_type is 'IW', expected 'IB'"),
        ("errors", "symbol_error of the rail mlx5_0:1 grew by 7"),
        ("hang", "with n1 (--ib-dev=mlx5_0) hangs since 3.0 s"),
    ],
)
def test_a_fault_is_never_a_result(tmp_path, fault, message):
    write_rail(tmp_path, "mlx5_0")
    ended = run(tmp_path, ("n1", "n2"), fault, patience_s=3.0, rounds=PAIRS[:1])

    assert ended.code == 1
    assert message in ended.stderr
    assert not ended.vouches


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"state": "1: DOWN", "phys_state": "3: Disabled"}, "n1: the rail mlx5_0:1 is 1: DOWN, 3: Disabled"),
        (
            {"rate": "100 Gb/sec (1X NDR)"},
            "n1: the rail mlx5_0:1 runs at 100 Gb/sec (1X NDR), expected 400 Gb/sec",
        ),
        ({"link_layer": "Ethernet"}, "n1: the rail mlx5_0:1 is Ethernet, expected InfiniBand"),
        ({"rate": "unknown"}, "n1: the rail mlx5_0:1 can't be read"),
    ],
)
def test_a_rail_that_is_not_as_declared_is_named_before_anything_is_sent(tmp_path, changed, message):
    write_rail(tmp_path, "mlx5_0", **changed)
    ended = run(tmp_path, ("n1",))

    assert (ended.code, ended.stdout) == (1, "")
    assert message in ended.stderr


def test_a_rail_that_is_not_there_is_named(tmp_path):
    write_rail(tmp_path, "mlx5_9")

    assert "the rail mlx5_0:1 can't be read" in run(tmp_path, ("n1",)).stderr


def test_a_missing_perftest_says_what_to_install(tmp_path):
    write_rail(tmp_path, "mlx5_0")
    ended = run(tmp_path, ("n1",), path="/nowhere")

    assert ended.code == 3
    assert "ib_write_lat is not there on n1: install perftest" in ended.stderr


@given(st.integers(2, 40))
def test_nobody_is_in_two_pairs_of_a_round_and_every_neighbour_is_met(count):
    nodes = [f"n{i}" for i in range(count)]
    rounds = neighbours(nodes)

    assert sorted(pair for pairs in rounds for pair in pairs) == sorted(itertools.pairwise(nodes))
    for pairs in rounds:
        busy = [node for pair in pairs for node in pair]
        assert len(busy) == len(set(busy))


def read(text):
    try:
        return perftest.read_report(text, perftest.BANDWIDTH, "mlx5_0:1", "infiniband")
    except perftest.ReportError:
        return None


GOOD = {
    "test_info": {"Device": "mlx5_0", "Transport_type": "IB", "Link_type": "IB"},
    "results": {"MsgSize": 1 << 20, "n_iterations": 5000, "BW_average": 390.98},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)


@given(st.text() | VALUES.map(json.dumps))
def test_text_that_is_no_report_has_no_value(text):
    assert read(text) is None


@given(st.sampled_from([(part, key) for part in GOOD for key in GOOD[part]]), VALUES)
def test_a_report_counts_as_it_was_asked_for_or_not_at_all(place, value):
    part, key = place
    changed = {**GOOD, part: {**GOOD[part], key: value}}
    found = read(json.dumps(changed))

    assert read(json.dumps(GOOD)) == 390.98
    if key == "BW_average":
        assert found is None or 0 < found < float("inf")
    else:
        assert found is None or value == GOOD[part][key]


def test_the_command_lines_of_both_ends():
    server = perftest.serving(perftest.BANDWIDTH, "mlx5_1", 18515, 106)

    assert server == [
        *("ib_write_bw", "--ib-dev=mlx5_1", "--ib-port=1", "--port=18515", "--size=1048576", "--iters=5000"),
        *("--CPU-freq", "--report_gbits", "--tclass=106"),
    ]
    assert perftest.asking(server, "n1", "r.json")[len(server) :] == [
        "--out_json",
        "--out_json_file=r.json",
        "n1",
    ]
