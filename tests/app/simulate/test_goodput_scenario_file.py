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
