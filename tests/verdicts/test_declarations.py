"""Declarations of a run against the reader's: what judges is compared, words are not."""

import pytest

from millwright.checks.declaration import parse_declaration
from millwright.checks.registry import Registry, shipped_checks
from millwright.verdicts.declarations import find_altered_declarations, find_unknown_checks


def altered(check, change):
    data = shipped_checks()[check].model_dump(mode="json", by_alias=True)
    change(data)
    return Registry({**shipped_checks(), check: parse_declaration(data, "checks.json")})


def differences(facility, stored, *, is_bounded=True):
    found = find_altered_declarations(facility, shipped_checks(), stored, is_bounded=is_bounded)
    return [(each.key, each.stored, each.own) for each in found]


def test_what_is_declared_alike_differs_in_nothing(rack_facility):
    assert differences(rack_facility, shipped_checks()) == []


def test_each_statement_that_judges_is_named_with_both_sides(rack_facility):
    stored = altered("MemoryBandwidth", lambda data: data["metrics"]["triad_bw"].update(better="lower"))
    assert differences(rack_facility, stored) == [
        ("MemoryBandwidth.metrics.triad_bw.better", "lower", "higher")
    ]


def test_words_and_costs_judge_nothing(rack_facility):
    def change(data):
        data["description"] = "other words"
        data["metrics"]["triad_bw"]["label"]["de"] = "Triade"
        data["cost"]["start_s"] = 99

    assert differences(rack_facility, altered("MemoryBandwidth", change)) == []


def test_a_check_that_the_reader_does_not_expect_is_not_compared(rack_facility):
    stored = altered("AcceleratorGemm", lambda data: data["metrics"]["fp64_rate"].update(better="lower"))
    assert differences(rack_facility, stored) == []


def test_a_declaration_that_the_run_lacks_is_named(rack_facility):
    stored = Registry({name: each for name, each in shipped_checks().items() if name != "Gemm"})
    assert differences(rack_facility, stored) == [("Gemm", "missing", "declared")]


@pytest.mark.parametrize(("is_bounded", "count"), [(True, 1), (False, 0)])
def test_what_rules_values_out_counts_for_runs_that_knew_it(rack_facility, is_bounded, count):
    stored = altered("MemoryBandwidth", lambda data: data["metrics"]["triad_bw"].update(peak=[]))
    assert len(differences(rack_facility, stored, is_bounded=is_bounded)) == count


def test_a_check_that_the_reader_lacks_is_named(rack_facility):
    known = Registry({name: each for name, each in shipped_checks().items() if name != "Gemm"})
    assert find_unknown_checks(rack_facility, known) == ("Gemm",)
