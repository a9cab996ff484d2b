"""Where facilities lie, and what a user types for them."""

import shlex
from pathlib import Path

import pytest

from millwright.core.places import as_typed, facility_file, shipped_facilities


@pytest.mark.parametrize("name", sorted(shipped_facilities()))
def test_a_shipped_facility_is_typed_by_its_name(name):
    assert as_typed(facility_file(name)) == name


@pytest.mark.parametrize("path", ["rack/facility.yaml", "/srv/my site/facility.yaml", "a;rm -rf b.yaml"])
def test_any_other_is_typed_by_its_path_as_one_word(path):
    (word,) = shlex.split(as_typed(Path(path)))
    assert facility_file(word) == Path(path)
