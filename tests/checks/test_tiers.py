"""The tiers of the shipped checks."""

from millwright.checks.declaration import Scope, Tier, parse_declaration
from millwright.checks.registry import shipped_checks


def test_every_check_is_in_the_full_tier():
    assert not [name for name, each in shipped_checks().items() if Tier.FULL not in each.tiers]


def test_the_gate_measures_every_check_of_single_nodes():
    missing = [
        name
        for name, each in shipped_checks().items()
        if each.scope is Scope.NODE and Tier.VETTING not in each.tiers
    ]
    assert missing == []


def test_the_quick_tier_needs_seconds_a_node_and_no_torch():
    quick = [each for each in shipped_checks().values() if Tier.QUICK in each.tiers]
    assert quick
    assert all(each.cost.estimate_s(6) <= 30 for each in quick)
    assert all("torch" not in each.needs.python_modules for each in quick)


def test_a_check_that_names_no_tier_stays_part_of_the_gate():
    metric = {"unit": "GiB", "better": "higher", "label": {"en": "free"}}
    data = {
        "name": "Own",
        "area": "storage",
        "description": "d",
        "scope": "node",
        "metrics": {"free": metric},
    }
    assert parse_declaration(data, "check.yaml").tiers == (Tier.VETTING, Tier.FULL)
