"""Node sets: whatever ClusterShell dislikes is one error of ours."""

import pytest

from millwright.core.node_sets import MAX_NODES_IN_SET, NodeSetError, check_node_set, expand, fold


def test_folding_reverses_expanding():
    assert fold(expand("rack-c[01-12],rack-r1")) == "rack-c[01-12],rack-r1"


@pytest.mark.parametrize("text", ["n[1-", "n[a-b]", "n]1[", "n[1-2]]", "n[1-2/0]", "n[9-1]"])
def test_text_that_is_no_set_is_refused(text):
    with pytest.raises(NodeSetError):
        expand(text)


@pytest.mark.parametrize("text", ["", "a b", "n*", "$(reboot)", "n[1-2];id", "@group", "nö1"])
def test_only_plain_sets_come_from_a_facility(text):
    with pytest.raises(NodeSetError):
        check_node_set(text)


def test_a_set_may_not_be_larger_than_any_machine():
    with pytest.raises(NodeSetError, match=f"1 to {MAX_NODES_IN_SET}"):
        check_node_set(f"n[1-{MAX_NODES_IN_SET + 1}]")
