"""Each case is a pair of files: ``<name>.out`` as a job printed it, ``<name>.json`` with what is in it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.checks.registry import shipped_checks
from millwright.results.parsers.probe import ProbeSample, parse_probe

BANDWIDTH = shipped_checks()["MemoryBandwidth"].metrics
CASES = sorted((Path(__file__).parent / "cases" / "probe").glob("*.out"))

SAMPLES = st.builds(
    ProbeSample,
    metric=st.sampled_from(sorted(BANDWIDTH)),
    value=st.floats(allow_nan=False, allow_infinity=False),
    unit=st.just("GB/s"),
    rep=st.integers(0, 1_000_000),
    node=st.sampled_from(["rack-c1", "rack-c[1-2]", "node.example.org"]),
    device=st.sampled_from(["", "0", "GPU-1"]),
    started=st.none() | st.floats(0, 4e9).map(lambda seconds: seconds + 0.0),
)
OUTPUTS = st.lists(SAMPLES, min_size=1, unique_by=lambda s: (s.metric, s.node, s.device, s.rep))


def lines_of(samples):
    printed = [
        json.dumps(
            {
                "metric": s.metric,
                "value": s.value,
                "unit": s.unit,
                "rep": s.rep,
                "node": s.node,
                "device": s.device,
                **({} if s.started is None else {"started": s.started}),
            }
        )
        for s in samples
    ]
    nodes = [s.node for s in samples]
    ends = [{"probe": "done", "samples": nodes.count(node), "node": node} for node in sorted(set(nodes))]
    return [*printed, *map(json.dumps, ends)]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_job_output_is_read_as_its_case_says(path):
    expected = json.loads(path.with_suffix(".json").read_text())
    output = parse_probe(path.read_bytes().decode(), BANDWIDTH)
    assert len(output.samples) == expected["samples"]
    assert bool(output.problems) == path.stem.startswith("bad_")
    for text in expected["problems"]:
        assert any(text in problem for problem in output.problems), output.problems


def test_there_are_cases_of_both_kinds():
    stems = {path.stem.split("_")[0] for path in CASES}
    assert stems == {"good", "bad"}


def test_a_sample_keeps_every_field():
    line = '{"metric":"copy_bw","value":12,"unit":"GB/s","rep":3,"node":"rack-c1","device":"0"}'
    output = parse_probe(f'{line}\n{{"probe":"done","samples":1,"node":"rack-c1"}}\n', BANDWIDTH)
    assert tuple(output.samples) == (ProbeSample("copy_bw", 12.0, "GB/s", 3, "rack-c1", "0"),)
    assert isinstance(next(iter(output.samples)).value, float)


@given(OUTPUTS)
def test_what_a_probe_prints_comes_back_value_for_value(samples):
    output = parse_probe("\n".join(lines_of(samples)), BANDWIDTH)
    assert output.problems == ()
    assert list(output.samples) == sorted(samples, key=lambda s: (s.metric, s.node, s.device, s.rep))


@given(OUTPUTS, st.data())
def test_output_cut_anywhere_before_its_last_line_is_never_complete(samples, data):
    text = "\n".join(lines_of(samples))
    cut = data.draw(st.integers(0, len(text) - 1))
    assert parse_probe(text[:cut], BANDWIDTH).problems != ()


@given(OUTPUTS, st.data())
def test_a_lost_line_is_always_noticed(samples, data):
    lines = lines_of(samples)
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    assert parse_probe("\n".join(lines), BANDWIDTH).problems != ()


@given(st.text())
def test_no_text_makes_the_parser_raise(text):
    parse_probe(text, BANDWIDTH)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_no_json_makes_the_parser_raise(data):
    parse_probe("{" + json.dumps(data)[1:], BANDWIDTH)
    parse_probe(json.dumps({"probe": data, "samples": data, "node": data}), BANDWIDTH)
    keys = ("metric", "value", "unit", "rep", "node", "device")
    assert parse_probe(json.dumps(dict.fromkeys(keys, data)), BANDWIDTH).problems != ()


def test_deep_nesting_is_a_problem_and_no_crash():
    assert parse_probe('{"a":' * 100_000, BANDWIDTH).problems != ()


def test_messages_stay_short_and_on_one_line():
    line = json.dumps({"metric": "x\n" * 10_000, "value": 1, "unit": "", "rep": 0, "node": "a", "device": ""})
    problem = parse_probe(line, BANDWIDTH).problems[0]
    assert len(problem) < 300
    assert "\n" not in problem


def sample_line(**changed):
    whole = {"metric": "copy_bw", "value": 12, "unit": "GB/s", "rep": 0, "node": "n", "device": ""}
    return json.dumps(whole | changed)


def done_line(**changed):
    return json.dumps({"probe": "done", "samples": 1, "node": "n"} | changed)


@pytest.mark.parametrize(
    ("line", "good"),
    [
        (sample_line(rep=1_000_000), True),
        (sample_line(rep=1_000_001), False),
        (sample_line(rep=-1), False),
        (sample_line(rep=True), False),
        (sample_line(rep=1.0), False),
        (sample_line(value=0), True),
        (sample_line(value=True), False),
        (sample_line(value="1"), False),
        (sample_line(device="d" * 64), True),
        (sample_line(device="d" * 65), False),
        (sample_line(device=":0"), False),
    ],
)
def test_what_a_line_may_say_has_bounds(line, good):
    assert (parse_probe(f"{line}\n{done_line()}\n", BANDWIDTH).problems == ()) is good


@pytest.mark.parametrize(("length", "good"), [(4096, True), (4097, False), (0, False)])
def test_the_name_of_a_place_has_a_bound(length, good):
    text = f"{sample_line(node='n' * length)}\n{done_line(node='n' * length)}\n"
    assert (parse_probe(text, BANDWIDTH).problems == ()) is good


@pytest.mark.parametrize(
    "changed", [{"samples": -1}, {"samples": True}, {"probe": "over"}, {"node": "a b"}, {"extra": 1}]
)
def test_a_last_line_that_is_not_whole_vouches_for_nothing(changed):
    problems = parse_probe(f"{sample_line()}\n{done_line(**changed)}\n", BANDWIDTH).problems
    assert problems[0].startswith("line 2: ")
    assert "incomplete: n never said that it was done" in problems


def test_several_processes_of_a_node_promise_together():
    lines = [sample_line(), sample_line(rep=1), done_line(), done_line()]
    assert parse_probe("\n".join(lines), BANDWIDTH).problems == ()


def test_a_line_that_stands_twice_is_named_with_its_place_and_number():
    lines = [sample_line(device="0"), sample_line(device="0"), sample_line(rep=1), done_line(samples=3)]
    assert parse_probe("\n".join(lines), BANDWIDTH).problems == (
        "copy_bw rep 0 on n device 0 stands 2 times",
    )


def test_a_problem_names_its_line_counted_from_one():
    text = f"noise\n{sample_line(unit='B/s')}\n{done_line()}\n"
    problems = parse_probe(text, BANDWIDTH).problems
    assert problems[0] == "line 2: unit of copy_bw is 'B/s', expected 'GB/s'"
    assert problems[-1] == "incomplete: n promised 1 samples, 0 valid ones are there"


def test_only_a_promise_that_was_kept_is_worth_something():
    assert parse_probe(f"{done_line(samples=0)}\n", BANDWIDTH).problems == ("incomplete: no valid sample",)
