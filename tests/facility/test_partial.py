"""One round finds every problem: wrong values hide no contradiction, and cause none that is not there."""

import copy
from pathlib import Path

import pytest
import yaml

from millwright.core.errors import BadInputError
from millwright.facility import load_facility
from millwright.facility.load import load_by_rules

CASES = Path(__file__).parent / "cases"
BASE = yaml.safe_load((CASES / "base.yaml").read_text())
RICH = {
    **BASE,
    "racks": {"r1": "n[1-2]"},
    "switches": {"leaf1": {"nodes": "n[1-4]"}, "spine": {"switches": "leaf1"}},
    "queues": {"batch": {"partitions": ["cpu"], "default": True}, "two": {"nodes": "n[1-2]"}},
    "access_modes": {"playground": {"title": "Playground"}},
}


def places(data, path=()):
    """Every place of a document."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def broken(path):
    data = copy.deepcopy(RICH)
    place = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = {"$(reboot)": [None]}
    return data


def problems(data, tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(BadInputError) as caught:
        load_facility(path)
    return caught.value.problems


@pytest.mark.parametrize("path", list(places(RICH)), ids=lambda path: ".".join(map(str, path)))
def test_a_wrong_value_causes_no_other_problem(path, tmp_path):
    key = ".".join(map(str, path))
    found = problems(broken(path), tmp_path)
    assert found
    assert {p.key for p in found if not p.key.startswith(key)} == set(), found


def test_one_round_finds_values_and_contradictions(tmp_path):
    data = copy.deepcopy(RICH)
    data["kind"] = "imaginary"
    data["partitions"]["cpu"]["max_time_min"] = "soon"
    data["node_classes"]["plain"]["cores"] = 4
    data["switches"]["leaf1"]["nodes"] = "n[1-3]"
    data["services"]["backup_controller"] = "ctl"
    data["addresses"]["spare"] = "10.0.0.77"
    data["addresses"]["other"] = "10.9.0.1"
    found = {p.code for p in problems(data, tmp_path)}
    assert found == {"MW1015", "MW1012", "MW1010", "MW1216", "MW1302", "MW1018", "MW1104"}


@pytest.mark.parametrize("key", ["plugin", "name", "title", "kind", "partitions"])
def test_a_missing_key_of_the_top_hides_nothing(key, tmp_path):
    data = {each: value for each, value in RICH.items() if each != key}
    data["addresses"] = {**BASE["addresses"], "other": "10.9.0.1"}
    found = problems(data, tmp_path)
    assert {p.code for p in found} >= {"MW1011", "MW1104"}


def test_a_rule_of_the_caller_sees_the_rest(tmp_path):
    path = tmp_path / "facility.yaml"
    path.write_text(yaml.safe_dump({**RICH, "kind": "imaginary"}, sort_keys=False))
    seen = []
    with pytest.raises(BadInputError):
        load_by_rules(path, lambda facility: seen.append(facility.partitions["cpu"].nodes) or [])
    assert seen == ["n[1-4]"]
