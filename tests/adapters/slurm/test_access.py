"""Access modes, grants and charging as Slurm takes them."""

import pytest

from millwright.adapters.slurm.access import access_variables, billing_weights, charged_accounts
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility


@pytest.fixture(scope="module")
def rack():
    return load_facility(shipped_facilities()["rack"])


def test_a_grant_is_a_limit_of_billing_minutes_below_its_share(rack):
    told = access_variables(rack)
    (flood,) = (grant for grant in told["facility_accounts"] if grant["name"] == "flood")
    assert (flood["parent"], flood["access_mode"]) == ("hosting", "emergency")
    assert flood["billing_min"] == 100 * 60 * 1_000_000
    assert told["facility_shares"] == [
        {"name": "union", "fair_share": 500},
        {"name": "hosting", "fair_share": 500},
    ]


def test_free_text_of_the_facility_never_reaches_slurm(rack):
    told = str(access_variables(rack))
    for account in rack.accounts.values():
        assert account.organisation not in told
    for mode in rack.access_modes.values():
        assert f"'{mode.title}'" not in told


def test_without_a_division_of_time_grants_lie_below_root(rack):
    told = access_variables(rack.model_copy(update={"access_time": None}))
    assert {grant["parent"] for grant in told["facility_accounts"]} == {"root"}
    assert told["facility_shares"] == []


def test_a_users_own_antenna_account_stays_the_default(rack):
    assert charged_accounts(rack)["ada"] == ["coast", "hills", "flood"]


def test_a_whole_node_costs_its_units_by_each_of_its_resources(rack):
    assert billing_weights(rack, "cpu") == "CPU=1000000,Mem=500"
