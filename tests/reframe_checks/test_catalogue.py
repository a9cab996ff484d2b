"""Every metric has one check, every check its metrics, its page, and no word about a machine."""

import ast
import re

import pytest

from millwright.core.places import shipped_facilities
from millwright.facility import load_facility
from millwright.results.metrics import METRICS

from .conftest import CHECKS


def is_simple_test(node):
    return isinstance(node, ast.ClassDef) and any(
        isinstance(d, ast.Attribute) and d.attr == "simple_test" for d in node.decorator_list
    )


CLASSES = {
    node.name: path
    for path in sorted(CHECKS.rglob("*.py"))
    for node in ast.parse(path.read_text()).body
    if is_simple_test(node)
}


def test_every_check_of_the_catalogue_has_one_class_and_the_reverse():
    assert sorted(CLASSES) == sorted(METRICS)
    assert len(set(CLASSES.values())) == len(CLASSES), "one file a check"


@pytest.mark.parametrize("check", METRICS)
def test_all_metrics_of_a_check_cover_the_same(check):
    assert len({metric.scope for metric in METRICS[check].values()}) == 1


def machine_names():
    for path in shipped_facilities().values():
        facility = load_facility(path)
        yield facility.name
        yield from facility.host_addresses()
        yield from facility.antennas


@pytest.mark.parametrize("path", CLASSES.values(), ids=CLASSES)
def test_a_check_names_no_machine_and_holds_no_reference(path):
    tree = ast.parse(path.read_text())
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    words = set(re.findall(r"[a-z][a-z0-9-]*", " ".join(texts)))
    numbers = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]

    assert words.isdisjoint(machine_names())
    assert not any(isinstance(number, float) for number in numbers)
    assert "reference" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", CLASSES.values(), ids=CLASSES)
def test_a_check_selects_hardware_by_feature(path):
    systems = re.search(r"valid_systems = (\[.*\])", path.read_text())

    assert all(selector.startswith("+") for selector in ast.literal_eval(systems[1]))
