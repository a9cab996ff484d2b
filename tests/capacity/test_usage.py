"""Hours granted, used and left, and the Union's part."""

import copy

import pytest

from millwright.capacity.hours import Hours, to_reference
from millwright.capacity.union_usage import UnionUsage
from millwright.capacity.usage import sum_usage
from millwright.core.errors import BadInputError
from millwright.facility.consistency import find_inconsistencies
from millwright.facility.meters import meters_of
from millwright.facility.model import Facility
from millwright.results.accounting import AccountingEvidence, UsageRow

CPU, GPU = "cpu=8,mem=16000M,node=1", "cpu=8,mem=16000M,node=1,gres/gpu=4"
GRANT = {"unit": "core-hour", "start": "2026-11-01", "end": "2026-12-31", "access_mode": "playground"}
SPEED = {"source": "Gemm of 2026-11", "kind": "derived", "date": "2026-11-20"}
SITE = {
    "plugin": "facility",
    "name": "site",
    "title": "t",
    "kind": "physical",
    "network": {"cidr": "10.0.0.0/24", "domain": "site.internal"},
    "addresses": {
        "ctl": "10.0.0.1",
        "gw[1-2]": "10.0.0.[3-4]",
        "n[1-4]": "10.0.0.[11-14]",
        "g1": "10.0.0.20",
    },
    "services": {"controller": "ctl", "database": "ctl", "login": "ctl", "harness": "ctl"},
    "node_classes": {
        "plain": {"architecture": "x86_64", "cores_per_socket": 8, "memory_mib": 16000},
        "fast": {
            "architecture": "x86_64",
            "cores_per_socket": 8,
            "memory_mib": 16000,
            "accelerators": {"part": "h100_sxm", "count": 4},
        },
    },
    "partitions": {
        "cpu": {
            "nodes": "n[1-4]",
            "node_class": "plain",
            "charging": {"unit": "core-hour", "units_per_node_hour": 8, "speed": {"value": 0.01, **SPEED}},
        },
        "gpu": {
            "nodes": "g1",
            "node_class": "fast",
            "charging": {"unit": "gpu-hour", "units_per_node_hour": 4},
        },
    },
    "access_time": {"machine_class": "mid-range", "union_share": 0.35, "reference_unit": "gpu-hour"},
    "access_modes": {"playground": {"title": "Playground"}, "strategic": {"title": "Strategic"}},
    "accounts": {
        "shop": {"organisation": "o", "kind": "sme", "member_state": "BE", "granted_hours": 100, **GRANT},
        "lab": {"organisation": "o", "kind": "research", "member_state": "LV", "granted_hours": 50, **GRANT},
        "state": {
            **{"organisation": "o", "kind": "public", "member_state": "LV", "granted_hours": 9, **GRANT},
            **{"unit": "gpu-hour", "access_mode": "strategic", "share": "hosting", "antenna": "hills"},
        },
    },
    "antennas": {
        name: {
            "title": name,
            "gateway": f"gw{number}",
            "factory": "site",
            "tunnel": {"factory_address": "10.1.0.1", "gateway_address": f"10.1.0.{number + 1}"},
            "users": users,
        }
        for number, (name, users) in enumerate(
            {
                "coast": [{"name": "ada", "account": "shop"}, {"name": "ada", "account": "lab"}],
                "hills": [{"name": "bea", "account": "free"}],
            }.items(),
            start=1,
        )
    },
}
ROWS = (
    UsageRow("shop", "ada", "playground", "cpu", CPU, 3, 2 * 3600),
    UsageRow("lab", "bea", "playground", "cpu", CPU, 1, 3600),
    UsageRow("state", "bea", "strategic", "gpu", GPU, 1, 3600),
    UsageRow("free", "bea", "normal", "cpu", CPU, 1, 1800),
    UsageRow("shop", "ada", "playground", "gone", CPU, 1, 1800),
)
MONTH = AccountingEvidence("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z", rows=ROWS)


def site(**changes):
    data = copy.deepcopy(SITE)
    for key, value in changes.items():
        *folders, last = key.split("__")
        place = data
        for folder in folders:
            place = place[folder]
        place[last] = value
    facility = Facility.model_validate(data)
    assert find_inconsistencies(facility) == ()
    return facility


def test_hours_by_antenna_and_access_mode():
    found = sum_usage(site(), MONTH)
    told = {
        (row.antenna, row.access_mode, row.meter.unit): (row.granted, row.used, row.left, row.small_share)
        for row in found.access
    }
    assert told == {
        ("coast", "playground", "core-hour"): (150, 24, 126, 16 / 24),
        ("hills", "strategic", "gpu-hour"): (9, 4, 5, 0.0),
        ("hills", "normal", "core-hour"): (None, 4, None, 0.0),
    }


def test_used_hours_are_converted_where_their_node_class_has_a_factor():
    """An hour of one machine is not an hour of another: without a factor there is no converted figure."""
    found = sum_usage(site(), MONTH)
    told = {(row.antenna, row.meter.unit): row.used_in_reference for row in found.access}
    assert found.reference_unit == "gpu-hour"
    assert told == {("coast", "core-hour"): 0.24, ("hills", "gpu-hour"): None, ("hills", "core-hour"): 0.04}


def test_without_a_reference_unit_nothing_is_converted():
    found = sum_usage(site(access_time__reference_unit=None, partitions__cpu__charging__speed=None), MONTH)
    assert found.reference_unit == ""
    assert {row.used_in_reference for row in found.access} == {None}


def test_what_ran_where_the_facility_has_no_partition_is_told_and_enters_no_figure():
    assert sum_usage(site(), MONTH).unknown == (ROWS[-1],)


def test_what_is_left_is_not_told_where_the_period_begins_after_the_grant():
    late = AccountingEvidence("2026-11-02T00:00:00Z", MONTH.end, rows=ROWS)
    assert {row.left for row in sum_usage(site(), late).accounts} == {None}


def test_the_unions_part_is_told_by_kind_of_hour_and_not_added_up_without_factors():
    found = sum_usage(site(), MONTH)
    cpu, gpu = found.union
    assert (cpu.used, cpu.used_by_all, cpu.existing) == (24, 28, 240 * 4 * 8)
    assert (gpu.used, gpu.of_used, gpu.existing, gpu.ceiling) == (0, 0.0, 240 * 4, 0.35)
    assert cpu.of_existing == 24 / 7680
    assert found.not_added == "gpu-hour on fast: can't be converted"


def test_with_a_factor_for_each_kind_there_is_a_sum_in_the_reference_unit():
    facility = site(partitions__gpu__charging__speed={"value": 1, **SPEED})
    total = sum_usage(facility, MONTH).union[-1]
    assert (total.unit, total.used) == ("gpu-hour", pytest.approx(0.24))
    assert (total.used_by_all, total.existing) == (pytest.approx(4.28), pytest.approx(76.8 + 960))


def test_a_union_above_its_ceiling_is_told():
    rows = (UsageRow("shop", "ada", "playground", "cpu", CPU, 1, 1400 * 3600),)
    part = sum_usage(site(), AccountingEvidence(MONTH.begin, "2026-11-02T00:00:00Z", rows=rows)).union[0]
    assert part.is_above_ceiling
    few = (UsageRow("shop", "ada", "playground", "cpu", CPU, 1, 30 * 3600),)
    part = sum_usage(site(), AccountingEvidence(MONTH.begin, "2026-11-02T00:00:00Z", rows=few)).union[0]
    assert (part.of_existing, part.is_above_ceiling) == (0.3125, False)


def test_a_conversion_names_every_kind_without_a_factor():
    facility = site(partitions__cpu__charging__speed=None)
    with pytest.raises(BadInputError) as caught:
        to_reference(facility, [Hours(1, meter) for meter in meters_of(facility).values()])
    assert [problem.key for problem in caught.value.problems] == ["core-hour on plain", "gpu-hour on fast"]


def test_a_grant_that_was_not_touched_is_left_whole():
    (lab,) = (
        each
        for each in sum_usage(site(), AccountingEvidence(MONTH.begin, MONTH.end)).accounts
        if each.account == "lab"
    )
    assert (lab.granted, lab.used, lab.left) == (50, 0, 50)


def test_a_grant_that_was_used_up_adds_nothing_to_what_is_left():
    rows = (UsageRow("lab", "bea", "playground", "cpu", CPU, 1, 22_500),)
    found = sum_usage(site(), AccountingEvidence(MONTH.begin, MONTH.end, rows=rows))
    (coast,) = (row for row in found.access if row.antenna == "coast")
    assert (coast.used, coast.left, coast.accounts, coast.small_share) == (50, 100, 2, 0.0)


@pytest.mark.parametrize(
    ("used", "existing", "share", "above"),
    [(35.0, 100.0, 0.35, False), (35.1, 100.0, 0.351, True), (1.0, 0.0, 0.0, False)],
)
def test_the_ceiling_itself_is_allowed_and_no_machine_has_no_share(used, existing, share, above):
    part = UnionUsage("gpu-hour", used, 0.0, existing, 0.35, 0.35)
    assert (part.of_existing, part.is_above_ceiling) == (pytest.approx(share), above)
    assert part.of_used is None


def test_the_unions_share_of_what_was_used():
    assert UnionUsage("gpu-hour", 1.0, 4.0, 100.0, 0.35, 0.35).of_used == 0.25
