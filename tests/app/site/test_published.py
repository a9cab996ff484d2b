"""Published figures by name: side by side with a facility of one's own, with sources."""

import pytest

from millwright.app.site.facility import list_facilities
from millwright.app.site.published import compare_facilities, is_published, show_published
from millwright.core.errors import BadInputError


def test_references_and_facilities_stand_side_by_side():
    found = compare_facilities(["rack", "lumi/lumi-g", "jupiter"])
    names = [each.name for each in found.columns]
    assert names[-2:] == ["lumi/lumi-g", "jupiter/jupiter-booster"]
    assert any(name.startswith("rack/") for name in names)
    for row in found.rows:
        assert len(row.values) == len(names)
        for value in row.values:
            assert value.source is None or value.source in found.sources
    nodes = next(row for row in found.rows if row.key == "nodes")
    assert nodes.values[names.index("lumi/lumi-g")].value == 2978
    assert nodes.values[names.index("lumi/lumi-g")].date == "2024-10-15"


def test_every_unknown_name_is_listed_with_what_was_meant():
    with pytest.raises(BadInputError) as caught:
        compare_facilities(["lumy", "lumi/lumi-x", "jupiter"])
    text = str(caught.value)
    assert len(caught.value.problems) == 2
    assert "did you mean lumi?" in text
    assert "lumi/lumi-g" in text


def test_a_factory_shows_its_antennas_and_its_machine():
    found = show_published("pharos")
    assert [each.country for each in found.antennas] == ["Cyprus", "North Macedonia", "Malta", "Serbia"]
    assert found.antennas[3].factories == ("pharos", "it4lia")
    assert show_published("jaif").machines == ("jupiter",)
    with pytest.raises(BadInputError, match="MW7710"):
        show_published("nowhere")


def test_facilities_come_before_references():
    assert is_published("lumi")
    assert not is_published("rack")
    assert "dare" in {each.name for each in list_facilities().references}
