"""Node sets."""

from hypothesis import given
from hypothesis import strategies as st

from millwright.core.node_sets import expand, fold


@given(st.lists(st.integers(min_value=1, max_value=9999), min_size=1, max_size=50, unique=True))
def test_folding_and_expanding_keep_every_node(numbers):
    nodes = tuple(f"n{number}" for number in sorted(numbers))
    assert expand(fold(nodes)) == nodes


def test_zero_padding_is_kept():
    assert expand("n[08-10]") == ("n08", "n09", "n10")
