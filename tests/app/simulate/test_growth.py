"""Growth of scenario files: the report, the plot, and what is refused."""

import pytest
import yaml

from millwright.app.context import Context
from millwright.app.simulate.growth import simulate_site
from millwright.core.errors import BadInputError
from millwright.simulate.examples import example_text

SIX_YEARS = {"value": 6, "unit": "year", "source": "x", "kind": "assumed"}


def report(tmp_path, plot=None, **changes):
    file = tmp_path / "site.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(example_text("growth")) | changes))
    return simulate_site(Context(), file, plot)


def test_the_example_has_a_row_a_year_and_is_drawn_the_same_twice(tmp_path):
    plot = tmp_path / "site.svg"
    found = report(tmp_path, plot, title="<script>")
    assert [each.name for each in found.courses] == ["as planned", "faster permit", "grid a year late"]
    assert [each.month for each in found.courses[0].years][:2] == ["2027-01", "2028-01"]
    assert len(found.courses[0].years) == 11
    assert found.courses[0].reached_month == "2031-07"
    drawn = plot.read_text()
    assert "<script" not in drawn
    report(tmp_path, plot, title="<script>")
    assert plot.read_text() == drawn


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MW8054", {"years": 10**20}),
        ("MW8054", {"pue": 0.9}),
        ("MW8054", {"pue": float("nan")}),
        ("MW8056", {"starts": "2027-13"}),
        ("MW8056", {"envelope": None}),
        ("MW8055", {"envelope": {"value": 90, "unit": "MWh", "source": "x", "kind": "assumed"}}),
        ("MW8054", {"envelope": {"value": -90, "unit": "MW", "source": "x", "kind": "assumed"}}),
        (
            "MW8054",
            {
                "target": {
                    "factor": -3,
                    "within": {"value": 6, "unit": "year", "source": "x", "kind": "assumed"},
                }
            },
        ),
        ("MW7720", {"starts": "2020-01"}),
        ("MW7723", {"starts": "2036-01", "life": SIX_YEARS | {"value": 1}}),
    ],
)
def test_nonsense_is_refused(tmp_path, code, change):
    with pytest.raises(BadInputError, match=code):
        report(tmp_path, **change)
