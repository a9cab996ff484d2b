"""A facility given by name or path, as its results are stored."""

import pytest

from millwright.app.measure.stored_name import stored_name
from millwright.core.errors import BadInputError


def test_a_path_names_the_facility_in_the_file(tmp_path, rack_file):
    assert stored_name(str(rack_file), tmp_path) == "rack"
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "facility.yaml").write_bytes(rack_file.read_bytes())
    assert stored_name(str(folder), tmp_path) == "rack"


def test_a_name_with_results_needs_no_file(tmp_path):
    (tmp_path / "gone-site").mkdir()
    assert stored_name("gone-site", tmp_path) == "gone-site"


def test_a_shipped_facility_may_have_no_results_yet(tmp_path):
    assert stored_name("workstation", tmp_path / "none") == "workstation"


def test_an_unknown_name_lists_what_is_stored_and_known_with_a_suggestion(tmp_path):
    (tmp_path / "mountain").mkdir()
    with pytest.raises(BadInputError) as error:
        stored_name("montain", tmp_path)
    assert "mountain, " in str(error.value)
    assert "workstation" in str(error.value)
    assert "; did you mean mountain?" in str(error.value)


def test_a_path_without_a_file_says_so(tmp_path):
    with pytest.raises(BadInputError, match="no such file"):
        stored_name(str(tmp_path / "facility.yaml"), tmp_path)
