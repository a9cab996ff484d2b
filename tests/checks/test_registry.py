"""Where checks are found, in which order, and what happens to two of one name."""

import shutil

import pytest

from millwright.checks.registry import checks_for, parse_registry, read_registry, shipped_checks
from millwright.core.errors import BadInputError


@pytest.fixture
def place(tmp_path):
    """A copy of a shipped check under another name, below a folder."""

    def copy(folder, name="SiteGemm"):
        source = shipped_checks()["Gemm"].folder
        target = tmp_path / folder / name.lower()
        shutil.copytree(source, target)
        for file in ("check.yaml", "check.py"):
            text = (target / file).read_text()
            (target / file).write_text(
                text.replace("name: Gemm", f"name: {name}").replace("class Gemm(", f"class {name}(")
            )
        return tmp_path / folder

    return copy


def test_a_facility_has_the_shipped_checks_then_its_own_then_those_of_further_folders(place, tmp_path):
    place("checks"), place("more", "LabGemm")
    found = checks_for(tmp_path / "facility.yaml", [tmp_path / "more"])
    assert list(found) == [*shipped_checks(), "SiteGemm", "LabGemm"]
    assert found.metric("SiteGemm", "fp64_rate") == shipped_checks().metric("Gemm", "fp64_rate")
    assert found.folders == (tmp_path / "checks", tmp_path / "more")


def test_a_facility_without_own_checks_has_the_shipped_ones(tmp_path):
    assert checks_for(tmp_path / "facility.yaml") is shipped_checks()


def test_a_folder_that_is_named_twice_is_read_once(place, tmp_path):
    place("checks")
    assert "SiteGemm" in checks_for(
        tmp_path / "facility.yaml", [tmp_path / "checks", tmp_path / "checks/../checks"]
    )


def test_two_checks_of_one_name_are_refused_naming_both_folders(place, tmp_path):
    place("checks", "Gemm")
    with pytest.raises(BadInputError) as caught:
        checks_for(tmp_path / "facility.yaml")
    text = str(caught.value)
    assert (
        f"two checks are named Gemm: {shipped_checks()['Gemm'].folder} and {tmp_path / 'checks/gemm'}" in text
    )
    assert "[MW6117]" in text


def test_the_problems_of_all_checks_and_folders_are_listed_together(place, tmp_path):
    folder = place("checks")
    (folder / "broken").mkdir()
    (folder / "broken/check.yaml").write_text("name: 7\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError) as caught:
        read_registry([folder, tmp_path / "empty"])
    files = {problem.file for problem in caught.value.problems}
    assert files == {str(folder / "broken/check.yaml"), str(tmp_path / "empty")}


def test_declarations_come_back_from_a_run_as_they_were_stored():
    stored = shipped_checks().to_json()
    found = parse_registry(stored, "checks.json")
    assert (list(found), found.to_json()) == (list(shipped_checks()), stored)
    assert found["Gemm"].folder is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": "other", "checks": []}', '{"schema": "millwright-checks/1"}']
)
def test_stored_declarations_of_another_form_are_refused(text):
    with pytest.raises(BadInputError, match="MW6121"):
        parse_registry(text, "checks.json")
