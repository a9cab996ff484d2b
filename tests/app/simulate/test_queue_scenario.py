"""Queues of scenario files: waits, the reserve's cost, headroom, traces, and what is refused."""

import pytest
import yaml

from millwright.app.context import Context
from millwright.app.simulate.queue import simulate_waits
from millwright.core.errors import BadInputError
from millwright.simulate.examples import example_text

WAIT = {"value": 24, "unit": "h", "source": "x", "kind": "assumed"}


def report(tmp_path, text, plot=None):
    file = tmp_path / "waits.yaml"
    file.write_text(yaml.safe_dump(text))
    return simulate_waits(Context(), file, plot)


def test_the_example_says_what_a_reserve_costs_and_when_headroom_ends(tmp_path):
    text = yaml.safe_load(example_text("queue"))
    text["workload"]["jobs"] = 3000
    found = report(tmp_path, text, tmp_path / "waits.svg")
    assert (found.method, found.chosen.policy, found.beside.policy) == ("simulation", "slurm", "easy")
    assert found.without_reserve is not None
    assert found.without_reserve.mean_wait_h <= found.chosen.mean_wait_h
    assert found.headroom.years is None or found.headroom.years >= 0
    assert "<svg" in (tmp_path / "waits.svg").read_text()


def test_an_erlang_queue_is_answered_by_the_formula(tmp_path):
    text = yaml.safe_load(example_text("queue"))
    text |= {"nodes": 10, "modes": [{"name": "all"}]}
    text["workload"] = {
        "jobs": 1000,
        "load": 0.9,
        "distribution": "exponential",
        "time": text["workload"]["time"],
    }
    del text["reserve"], text["headroom"]
    found = report(tmp_path, text)
    assert found.method == "closed form"
    assert found.closed_form.mean_wait_h == pytest.approx(2 * 0.66873152, rel=1e-6)


def test_a_trace_is_read_beside_its_scenario(tmp_path):
    (tmp_path / "jobs.swf").write_text(
        "1 0 0 60 8 -1 -1 8 120 -1 1 1 1 1 1 1 -1 -1\n2 1 0 60 80 -1 -1 80 120 -1 1 1 1 1 1 1 -1 -1\n"
    )
    text = yaml.safe_load(example_text("queue"))
    text |= {"nodes": 2, "modes": [{"name": "all"}]}
    del text["reserve"], text["headroom"], text["workload"]
    text["trace"] = {"file": "jobs.swf", "form": "swf", "processors_per_node": 8}
    found = report(tmp_path, text)
    assert (found.chosen.too_wide, found.chosen.waits[0].jobs) == (1, 1)
    text["trace"]["file"] = "none.swf"
    with pytest.raises(BadInputError, match="MW8081"):
        report(tmp_path, text)


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("MW8070", "modes", [{"name": "a"}, {"name": "a"}]),
        ("MW8071", "modes", [{"name": "a", "preempts": ["b"]}]),
        ("MW8071", "modes", [{"name": "a", "preempts": ["b"]}, {"name": "b", "preempts": ["a"]}]),
        ("MW8054", "modes", [{"name": "all", "priority": 10**20}]),
        ("MW8054", "seed", 2**40),
        ("MW8054", "nodes", -1),
        ("MW8056", "policy", "fastest"),
        ("MW7588", "bf_interval", {"value": 1e300, "unit": "s", "source": "x", "kind": "assumed"}),
        ("MW8054", "headroom", {"mode": "all", "p90_wait": WAIT, "growth_per_year": -0.3}),
        ("MW8072", "reserve", {"mode": "all", "nodes": 5000}),
        ("MW8073", "modes", [{"name": "all", "share": 0}]),
        ("MW8055", "trace", {"file": "x", "form": "swf"}),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path, code, key, value):
    text = yaml.safe_load(example_text("queue"))
    text["modes"] = [{"name": "all"}]
    del text["reserve"], text["headroom"]
    with pytest.raises(BadInputError, match=code):
        report(tmp_path, text | {key: value})


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MW8054", {"load": 50}),
        ("MW8054", {"load": 0}),
        ("MW8054", {"spread": 1000}),
        ("MW8054", {"overestimate": 0}),
        ("MW8054", {"jobs": 10**20}),
        ("MW8072", {"nodes_median": 1e300}),
        ("MW7588", {"time": {"value": 1e300, "unit": "h", "source": "x", "kind": "assumed"}}),
        ("MW7588", {"time": {"value": 0.01, "unit": "s", "source": "x", "kind": "assumed"}}),
        ("MW8055", {"time": {"value": 2, "unit": "MW", "source": "x", "kind": "assumed"}}),
    ],
)
def test_a_workload_of_nonsense_is_refused(tmp_path, code, change):
    text = yaml.safe_load(example_text("queue"))
    text["workload"] |= change
    with pytest.raises(BadInputError, match=code):
        report(tmp_path, text)


SWF = "1 {} 0 60 {} -1 -1 -1 120 -1 1 1 1 1 1 1 -1 -1\n"
SACCT = "Submit|ElapsedRaw|TimelimitRaw|NNodes|QOS\n"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("swf", SWF.format("1e300", 8)),
        ("swf", SWF.format("nan", 8)),
        ("swf", "1 2 3\n"),
        ("swf", ""),
        ("swf", "\0\0"),
        ("sacct", "Submit|NNodes\n"),
        ("sacct", SACCT + "Unknown|60|1|1|all\n"),
        ("sacct", SACCT + "2026-01-01T00:00:00|60|99999999999999999999|1|all\n"),
        ("sacct", SACCT + "2026-01-01T00:00:00|-5|1|1|all\n"),
        ("sacct", SACCT + "2026-01-01T00:00:00|60|1|1K|all\n"),
        ("sacct", SACCT + "2026-01-01T00:00:00|60|1|1\n"),
    ],
)
def test_a_broken_trace_is_refused_by_line(tmp_path, form, text):
    (tmp_path / "jobs").write_text(text)
    scenario = yaml.safe_load(example_text("queue")) | {"modes": [{"name": "all"}]}
    del scenario["reserve"], scenario["headroom"], scenario["workload"]
    with pytest.raises(BadInputError, match=r"line [12]"):
        report(tmp_path, scenario | {"trace": {"file": "jobs", "form": form}})


def test_headroom_of_jobs_that_never_start_or_arrive_at_once_is_refused(tmp_path):
    scenario = yaml.safe_load(example_text("queue")) | {"modes": [{"name": "all"}], "nodes": 2}
    del scenario["reserve"], scenario["workload"]
    scenario["headroom"]["mode"] = "all"
    scenario["trace"] = {"file": "jobs", "form": "swf"}
    for text, problem in (
        (SWF.format(0, 9) + SWF.format(5, 9), "ever starts"),
        (SWF.format(0, 1), "at once"),
    ):
        (tmp_path / "jobs").write_text(text)
        with pytest.raises(BadInputError, match=problem):
            report(tmp_path, scenario)
