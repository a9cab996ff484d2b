"""Every metric has one check, every check its metrics, its page, and no word about a machine."""

import ast
import re

import pytest

from millwright.checks.registry import shipped_checks
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility

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
    assert sorted(CLASSES) == sorted(shipped_checks())
    assert len(set(CLASSES.values())) == len(CLASSES), "one file a check"


@pytest.mark.parametrize("check", shipped_checks())
def test_a_check_is_in_the_folder_of_its_area_with_its_page(check):
    declaration = shipped_checks()[check]
    assert declaration.folder.parent == CHECKS / declaration.area
    assert CLASSES[check] == declaration.folder / "check.py"
    page = (declaration.folder / "README.md").read_text()
    assert page.startswith(f"# {check}\n")
    assert [metric for metric in declaration.metrics if f"`{metric}`" not in page] == []


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


@pytest.mark.parametrize("check", shipped_checks())
def test_a_check_selects_hardware_by_declared_features_only(check):
    assert shipped_checks()[check].features
    assert "valid_systems" not in CLASSES[check].read_text()
