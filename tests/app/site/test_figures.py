"""Figures of described inputs: each kind has an example, and every problem of every file is named."""

from fractions import Fraction

import pytest
import yaml

from millwright.app.context import Context
from millwright.app.site.figures import compute_figures, example_text
from millwright.core.errors import BadInputError
from millwright.economics.examples import KINDS


def written(folder, kind, **changes):
    data = yaml.safe_load(example_text(kind)) | changes
    file = folder / f"{kind}.yaml"
    file.write_text(yaml.safe_dump(data))
    return file


def figures_of(file):
    (found,) = compute_figures(Context(), [file]).files
    return {figure.name: figure for figure in found.figures}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_computes(kind, tmp_path):
    file = tmp_path / "input.yaml"
    file.write_text(example_text(kind))
    (found,) = compute_figures(Context(), [file]).files
    assert found.kind == kind
    assert found.figures
    assert all(figure.source for figure in found.figures)


def test_decimals_are_computed_exactly(tmp_path):
    """0.1 + 0.2 kW at 0.3 EUR/kWh, without a binary digit on the way."""
    file = written(tmp_path, "green500", rmax_tflops=0.3, core_power_w=0.1, rpeak_tflops=0.9)
    found = figures_of(file)
    assert Fraction(found["rmax_over_rpeak"].exact) == Fraction(1, 3)
    assert Fraction(found["energy_efficiency"].exact) == 3000


def test_an_estimate_without_an_observation_does_not_exist(tmp_path):
    found = figures_of(written(tmp_path, "reliability", interruptions=0))
    assert found["mtti"].value is None
    assert found["mtti_low"].value > 0


REFUSED = [
    ("tco", {"pue": 0.9}, "tco.pue", "MW7592"),
    ("tco", {"tariff_eur_per_kwh": float("nan")}, "tariff_eur_per_kwh", "MW7592"),
    ("tco", {"tariff_eur_per_kwh": -1}, "tariff_eur_per_kwh", "MW7592"),
    ("tco", {"tarif": 1}, "tco.tarif", "MW7590"),
    ("tco", {"currency": "USD"}, "currency", "MW7592"),
    ("tco", {"indexation": {"staf": 0.1}}, "indexation.staf", "MW7595"),
    ("tco", {"title": "a\x1b[2Jb"}, "title", "MW7592"),
    ("power-level", {"sets": [{"nodes_measured": 3, "nodes_total": 2}]}, "sets.0", "MW7596"),
    ("reliability", {"bad_hours": 48}, "bad_hours", "MW7597"),
    ("union-share", {"total_cost_of_ownership_eur": 0}, "total_cost_of_ownership_eur", "MW7592"),
    ("green500", {"core_s": 0}, "core_s", "MW7592"),
    ("green500", {"rmax_tflops": 40, "rpeak_tflops": 30}, "rmax_tflops", "MW7578"),
    ("reliability", {"interruptions": 99999999999999999999}, "interruptions", "MW7592"),
    ("reliability", {"allowed": 10**12}, "allowed", "MW7592"),
    ("reliability", {"confidence": 1e-300}, "confidence", "MW7592"),
    ("tco", {"pue": "1e999999"}, "tco.pue", "MW7592"),
    ("tco", {"pue": "1e-999999"}, "tco.pue", "MW7592"),
    ("tco", {"discount_rate": "NaN"}, "discount_rate", "MW7592"),
    ("site-energy", {"e_it_mwh": ["1e999999", *[900] * 11]}, "e_it_mwh.0", "MW7592"),
    ("site-energy", {"w_in_m3": [float("nan"), *[900] * 11]}, "w_in_m3.0", "MW7592"),
    ("conversion", {"values": {"a": ["1e999999", "GB", "TB"]}}, "values.a.0", "MW7592"),
    ("power-level", {"meters": 10**30}, "meters", "MW7592"),
    ("conversion", {"values": {"a": [1, "GB", "W"]}}, "a", ""),
    ("site-energy", {"e_it_mwh": [900] * 11}, "", ""),
    ("site-energy", {"e_it_mwh": [None, *[900] * 11]}, "", ""),
]


@pytest.mark.parametrize(("kind", "changes", "key", "code"), REFUSED)
def test_what_can_not_be_computed_is_refused(kind, changes, key, code, tmp_path):
    file = written(tmp_path, kind, **changes)
    with pytest.raises(BadInputError) as refused:
        compute_figures(Context(), [file])
    for problem in refused.value.problems:
        assert problem.file == str(file)
    assert key in str(refused.value)
    assert code in str(refused.value)


def test_every_problem_of_every_file_is_named(tmp_path):
    files = [written(tmp_path, "tco", pue=0.9, years=0), tmp_path / "missing.yaml"]
    with pytest.raises(BadInputError) as refused:
        compute_figures(Context(), files)
    text = str(refused.value)
    assert "tco.pue" in text
    assert "tco.years" in text
    assert "missing.yaml" in text
