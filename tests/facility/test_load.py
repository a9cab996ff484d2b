"""Loading a facility: each case file changes a good facility and says what must be refused."""

import copy
from pathlib import Path

import pytest
import yaml

from millwright.core.errors import BadInputError, ExitCode
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

CASES = Path(__file__).parent / "cases"
BASE = yaml.safe_load((CASES / "base.yaml").read_text())


def changed(changes: dict[str, object]) -> dict[str, object]:
    data = copy.deepcopy(BASE)
    for key, value in changes.items():
        *folders, last = key.split(".")
        place = data
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = value
    return data


def write(tmp_path: Path, data: dict[str, object]) -> Path:
    path = tmp_path / "facility.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


@pytest.mark.parametrize("case", sorted((CASES / "refused").glob("*.yaml")), ids=lambda path: path.stem)
def test_refused_with_every_expected_problem(case, tmp_path):
    content = yaml.safe_load(case.read_text())
    path = write(tmp_path, changed(content["set"]))
    with pytest.raises(BadInputError) as caught:
        load_facility(path)
    lines = [str(problem) for problem in caught.value.problems]
    for expected in content["problems"]:
        assert any(line.startswith(f"{path}: ") and expected in line for line in lines), lines
    assert caught.value.exit_code is ExitCode.BAD_INPUT


@pytest.mark.parametrize("case", sorted((CASES / "accepted").glob("*.yaml")), ids=lambda path: path.stem)
def test_accepted(case, tmp_path):
    load_facility(write(tmp_path, changed(yaml.safe_load(case.read_text())["set"])))


def test_case_files_lead_from_a_good_facility(tmp_path):
    facility = load_facility(write(tmp_path, BASE))
    assert facility.address_of("n3") == "10.0.0.13"
    assert facility.partitions["cpu"].node_names() == ("n1", "n2", "n3", "n4")


@pytest.mark.parametrize("name", ["gh200", "lighthouse", "rack", "workstation"])
def test_shipped_facilities_load_and_start_with_the_plugin_line(name):
    path = shipped_facilities()[name]
    assert load_facility(path).name == name
    assert path.read_text().splitlines()[0] == "plugin: facility"


def test_a_facility_is_frozen(tmp_path):
    facility = load_facility(write(tmp_path, BASE))
    with pytest.raises(ValueError, match="frozen"):
        facility.name = "other"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plugin: facility\nname: [", "not YAML"),
        ("- a\n- b\n", "not a mapping"),
        ("", "not a mapping"),
        ("plugin: facility\nname: a\nname: b\n", "key 'name' is given twice"),
        ("plugin: !!python/object/apply:os.system ['true']\n", "not YAML"),
    ],
)
def test_what_is_not_a_facility_is_refused(tmp_path, text, problem):
    path = tmp_path / "facility.yaml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=problem):
        load_facility(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no such file"):
        load_facility(tmp_path / "facility.yaml")


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadInputError, match="can't be read"):
        load_facility(path)
