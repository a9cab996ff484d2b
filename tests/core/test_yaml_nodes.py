"""Places in the text of a YAML document."""

import pytest

from millwright.core.yaml_nodes import compose_yaml, find_place, line_of

TEXT = "a: 1\nb:\n  - c: 2\n    d: &x {e: 3}\n  - 4\nf: *x\n"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b", 0, "d"), 4),
        (("b", 1), 5),
        (("b", 0, "none"), 3),
        (("f", "e"), 4),
        ((), 1),
        (("z",), 1),
    ],
)
def test_a_key_has_a_line_or_that_of_the_nearest_one_above(path, line):
    assert line_of(compose_yaml(TEXT), path) == line


def test_a_place_has_key_and_value_and_knows_an_alias():
    root = compose_yaml(TEXT)
    found = find_place(root, ("b", 0, "c"))
    assert (found.key.value, found.value.value, found.is_alias) == ("c", "2", False)
    assert find_place(root, ("f",)).is_alias
    assert find_place(root, ("b", 7, "c")) is None
    assert find_place(root, ("a", "b")) is None
