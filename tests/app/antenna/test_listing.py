"""Listing antennas: the facility's own words, and which gateways need a bundle."""

from millwright.app.antenna.listing import list_antennas


def test_an_antenna_is_listed_as_the_facility_describes_it():
    coast = list_antennas("rack").antennas["coast"]
    assert coast.tunnel.factory_address == "10.92.0.1"
    assert coast.gateway == "rack-antenna"
    assert [user.name for user in coast.users] == ["ada"]
    assert coast.needs_bundle is None
    assert "AntennaAccess" in coast.checks


def test_a_facility_without_antennas_lists_none():
    assert list_antennas("workstation").antennas == {}


def test_a_gateway_that_takes_bundles_is_named_with_the_reason(facility_like_rack):
    file = facility_like_rack(lambda data: data["antennas"]["coast"].update(reached_by="bundle"))
    found = list_antennas(file).antennas
    assert found["coast"].needs_bundle == "it takes bundles, and no result of one was imported"
    assert found["hills"].needs_bundle is None
