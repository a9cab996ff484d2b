"""Figures beside a run: computed from described inputs or simulated, each with its file's sum."""

import json

import pytest

from millwright.app.context import Context
from millwright.app.measure.report_figures import read_figures
from millwright.core.errors import BadInputError
from millwright.core.places import product_root
from millwright.results.manifest import sum_file

EXAMPLES = product_root() / "tools/millwright/economics/examples"
GOODPUT = {
    "format": "millwright-simulate-goodput/1", "title": "Job", "method": "closed form", "not_closed": [],
    "goodput": 0.9, "standard_error": 0.01, "simulated_goodput": 0.9, "productive_h": 90.0,
    "productive_h_interval": [80.0, 95.0], "draws": 100, "work_between_checkpoints_s": 600.0,
    "best_work_s": 600.0, "mtti_s": 36000.0, "first_order_goodput": None, "badput": {"restart": 0.02},
    "failures": {}, "most_in_repair": 1, "tender": None, "weakest_kind": "derived", "published": [],
}  # fmt: skip


def test_every_kind_of_input_is_shown_with_its_source_and_sum():
    files = sorted(EXAMPLES.glob("*.yaml"))
    sets = read_figures(Context(), files)
    assert [each.file for each in sets] == [file.name for file in files]
    assert all(each.figures and each.source for each in sets)
    assert sets[0].sha256 == sum_file(files[0])
    assert {each.topic for each in sets} == {"energy", "cost", "reliability", "capacity", "other"}


def test_a_simulation_is_shown_with_its_weakest_input(tmp_path):
    (tmp_path / "goodput.json").write_text(json.dumps(GOODPUT))
    (found,) = read_figures(Context(), [tmp_path / "goodput.json"])
    values = {line.name: line.value for line in found.figures}
    assert (values["goodput"], values["productive_h_high"], values["badput.restart"]) == (0.9, 95.0, 0.02)
    assert (found.topic, found.source_kind) == ("simulation", "derived")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "x"}', json.dumps(GOODPUT | {"goodput": "high"})]
)
def test_a_file_that_is_no_result_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "b.yaml").write_text("kind: tco")
    with pytest.raises(BadInputError) as caught:
        read_figures(Context(), [tmp_path / "a.json", tmp_path / "b.yaml"])
    assert {problem.file for problem in caught.value.problems} == {
        str(tmp_path / "a.json"),
        str(tmp_path / "b.yaml"),
    }
