"""Nodes and hosts that an argument selects."""

import pytest

from millwright.core.errors import BadInputError
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility
from millwright.fleet.node_selection import parse_limit, select_nodes


@pytest.fixture(scope="module")
def rack():
    return load_facility(shipped_facilities()["rack"])


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", ("rack-c1", "rack-c2", "rack-r1")),
        ("cpu", ("rack-c1", "rack-c2")),
        ("rack-r1,cpu", ("rack-c1", "rack-c2", "rack-r1")),
        ("rack-c2", ("rack-c2",)),
        ("cpu,rack-c1", ("rack-c1", "rack-c2")),
    ],
)
def test_nodes_and_partitions_select_each_node_once(rack, text, nodes):
    assert sorted(select_nodes(rack, text)) == sorted(nodes)


def test_every_unknown_name_is_reported(rack):
    with pytest.raises(BadInputError) as refused:
        select_nodes(rack, "cpu,nosuch,rack-login")
    assert {problem.key for problem in refused.value.problems} == {"nosuch", "rack-login"}


def test_a_limit_may_name_groups_and_is_empty_for_all():
    assert parse_limit("") == ()
    assert set(parse_limit("rack-c[1-2],login")) == {"rack-c1", "rack-c2", "login"}


def test_text_that_is_no_node_set_is_bad_input(rack):
    with pytest.raises(BadInputError, match=r"NODES: rack-c\[1-: not a node set"):
        select_nodes(rack, "rack-c[1-")
    with pytest.raises(BadInputError, match=r"--limit: rack-c\[1-: not a node set"):
        parse_limit("rack-c[1-")
