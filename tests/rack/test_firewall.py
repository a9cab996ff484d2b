"""Rules only where packets are filtered."""

import pytest

from millwright.rack.firewall import filters, rule


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ("-P FORWARD ACCEPT\n", False),
        ("", False),
        ("-P FORWARD DROP\n", True),
        ("-P FORWARD ACCEPT\n-A FORWARD -j DOCKER-USER\n", True),
    ],
)
def test_a_chain_filters_when_it_could_drop(listing, expected):
    assert filters(listing) is expected


def test_a_rule_reaches_no_further_than_the_bridge():
    assert rule("FORWARD", "mw-rack")[:5] == [
        "FORWARD",
        "--in-interface",
        "mw-rack",
        "--out-interface",
        "mw-rack",
    ]
    assert "80" in rule("INPUT", "mw-rack")
