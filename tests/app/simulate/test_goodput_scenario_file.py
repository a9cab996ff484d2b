"""Scenario files: bad ones are refused with every problem."""

import pytest
import yaml

from millwright.app.context import Context
from millwright.app.simulate.goodput import simulate_job
from millwright.core.errors import BadInputError
from millwright.simulate.examples import example_text


def refused(tmp_path, text):
    file = tmp_path / "job.yaml"
    file.write_text(text)
    with pytest.raises(BadInputError) as caught:
        simulate_job(Context(), file)
    return sorted(problem.code for problem in caught.value.problems)


def test_every_problem_of_a_file_is_listed_at_once(tmp_path):
    text = yaml.safe_load(example_text("goodput"))
    text["lasts"]["unit"] = "GB"
    text["failures"][0]["rate"]["value"] = 0
    text["failures"][1]["rate"]["value"] = -3
    text["accelerators"] = "many"
    del text["restart"]
    text["chekpoint"] = text.pop("checkpoint")
    codes = ["MW8052", "MW8053", "MW8053", "MW8054", "MW8054", "MW8055", "MW8056"]
    assert refused(tmp_path, yaml.safe_dump(text)) == codes


@pytest.mark.parametrize(("code", "text"), [("MW8051", "a: [1"), ("MW8051", "- 1"), ("MW8051", "a: 1\na: 2")])
def test_text_that_is_no_scenario_is_refused(tmp_path, code, text):
    assert refused(tmp_path, text) == [code]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="MW8050"):
        simulate_job(Context(), tmp_path / "none.yaml")


def test_the_example_is_simulated_and_drawn_as_svg_without_foreign_markup(tmp_path):
    text = yaml.safe_load(example_text("goodput")) | {"draws": 100, "title": "<script>$x$</script>"}
    file, plot = tmp_path / "job.yaml", tmp_path / "job.svg"
    file.write_text(yaml.safe_dump(text))
    found = simulate_job(Context(), file, plot)
    assert found.method == "simulation"
    assert found.weakest_kind == "assumed"
    drawn = plot.read_text()
    assert "<svg" in drawn
    assert "<script" not in drawn
    simulate_job(Context(), file, plot)
    assert plot.read_text() == drawn


NONSENSE = [
    ("MW7588", ("lasts", "value"), 1e300),
    ("MW7588", ("lasts", "value"), 1e-300),
    ("MW7588", ("failures", 0, "rate", "value"), 1e-300),
    ("MW7588", ("failures", 0, "repair", "mean", "value"), 1e11),
    ("MW7724", ("failures", 0, "repair", "mean", "value"), 20_000),
    ("MW7588", ("failures", 2, "detected_after", "value"), 1e300),
    ("MW7587", ("failures", 0, "rate", "value"), 0.001),
    ("MW7587", ("planned", 0, "every"), {"value": 0.01, "unit": "s", "source": "x", "kind": "assumed"}),
    ("MW8054", ("accelerators",), 10**20),
    ("MW8054", ("seed",), 2**32),
    ("MW8054", ("draws",), 10**12),
    ("MW8054", ("pool", "spares"), -1),
    ("MW8054", ("pool", "spares"), 10**20),
    ("MW8054", ("failures", 0, "repair", "shape"), 1000),
    ("MW8054", ("checkpoint", "bandwidth", "value"), float("nan")),
    ("MW8055", ("checkpoint", "bandwidth", "unit"), "MW"),
    ("MW8060", ("checkpoint", "bandwidth", "value"), 1e-6),
]


@pytest.mark.parametrize(("code", "key", "value"), NONSENSE)
def test_nonsense_is_refused_before_anything_is_simulated(tmp_path, code, key, value):
    text = yaml.safe_load(example_text("goodput"))
    place = text
    for part in key[:-1]:
        place = place[part]
    place[key[-1]] = value
    assert code in refused(tmp_path, yaml.safe_dump(text))
