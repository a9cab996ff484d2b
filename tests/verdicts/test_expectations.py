import pytest
import yaml

from millwright.checks.declaration import Better, Declaration
from millwright.checks.registry import Registry, shipped_checks
from millwright.core.errors import BadInputError
from millwright.facility.model import Facility
from millwright.verdicts.expectations import find_commitment_problems, list_expectations

COMMITTED = {
    "value": 10,
    "unit": "GB/s",
    "class": "scored",
    "source": "s",
    "kind": "read",
    "date": "2026-01-01",
}


@pytest.fixture
def changed(rack_file):
    """The facility with other checks of the partition cpu or the antenna coast."""

    def change(cpu=None, coast=None):
        data = yaml.safe_load(rack_file.read_text())
        data["partitions"]["cpu"]["checks"] = cpu or {}
        data["antennas"]["coast"]["checks"] = coast or {}
        return Facility.model_validate(data)

    return change


def problems_of(facility):
    return [str(problem) for problem in find_commitment_problems(facility, "facility.yaml", shipped_checks())]


def test_each_scope_has_its_own_places(rack_facility):
    found = {}
    for expectation in list_expectations(rack_facility, shipped_checks()):
        found.setdefault((expectation.check, expectation.metric), []).append(expectation.place)
    assert found == {
        ("MemoryBandwidth", "triad_bw"): ["rack-c1", "rack-c2", "rack-c3"],
        ("MemoryBandwidth", "copy_bw"): ["rack-c1", "rack-c2", "rack-c3"],
        ("MemoryBandwidth", "add_bw"): ["rack-c1", "rack-c2", "rack-c3"],
        ("Gemm", "fp64_rate"): ["rack-c1", "rack-c2", "rack-c3"],
        ("MpiPointToPoint", "latency"): ["rack-c[1-3]"],
        ("MpiAllReduce", "small_time"): ["rack-c[1-3]"],
        ("RiscvVector", "isa_baseline"): ["rack-r1"],
        ("AntennaAccess", "login_time"): ["rack-antenna"],
    }


def test_references_come_from_the_commitments_and_only_from_there(rack_facility):
    by_metric = {e.metric: e for e in list_expectations(rack_facility, shipped_checks())}
    reference = by_metric["triad_bw"].reference
    assert (reference.value, reference.tolerance, reference.better) == (10, 0.1, Better.HIGHER)
    assert reference.source == "contract =1+1"
    assert by_metric["fp64_rate"].reference is None
    assert by_metric["isa_baseline"].emulated
    assert not by_metric["triad_bw"].emulated


def test_devices_are_expected_where_the_node_class_names_accelerators(rack_file):
    data = yaml.safe_load(rack_file.read_text())
    data["node_classes"]["virtual-cpu"]["accelerators"] = {"part": "h200", "count": 4}
    found = list_expectations(Facility.model_validate(data), shipped_checks())
    assert {e.devices for e in found if e.partition == "cpu" and e.check == "Gemm"} == {4}
    assert {e.devices for e in found if e.check == "MpiPointToPoint"} == {None}


def test_a_sound_facility_has_no_problem(rack_facility):
    assert problems_of(rack_facility) == []


@pytest.mark.parametrize(
    ("cpu", "text"),
    [
        (
            {"MemoryBandwith": {"triad_bw": COMMITTED}},
            "partitions.cpu.checks.MemoryBandwith: unknown check, expected one of",
        ),
        (
            {"MemoryBandwidth": {"triad": COMMITTED}},
            "MemoryBandwidth.triad: unknown metric, expected one of copy_bw",
        ),
        (
            {"MemoryBandwidth": {"triad_bw": {**COMMITTED, "unit": "GiB/s"}}},
            "MemoryBandwidth.triad_bw.unit: wrong unit 'GiB/s', expected 'GB/s'",
        ),
        (
            {"MemoryBandwidth": {"triad_bw": {**COMMITTED, "value": 0}}},
            "triad_bw.value: must be greater than 0",
        ),
        (
            {"MemoryBandwidth": {"triad_bw": {**COMMITTED, "value": -3}}},
            "triad_bw.value: must be greater than 0",
        ),
        (
            {"MpiPointToPoint": {"latency": {**COMMITTED, "unit": "us", "value": 0}}},
            "latency.value: must be greater than 0",
        ),
        (
            {"AntennaAccess": {"login_time": None}},
            "login_time: measures an antenna, expected under the checks of an antenna",
        ),
        ({"MemoryBandwidth": {}}, "MemoryBandwidth: lists no metric"),
    ],
)
def test_what_no_measurement_can_meet_is_a_problem(changed, cpu, text):
    found = problems_of(changed(cpu=cpu))
    assert len(found) == 1
    assert text in found[0]
    assert found[0].startswith("facility.yaml: partitions.cpu.checks.")


def test_a_check_of_a_partition_is_refused_under_an_antenna(changed):
    found = problems_of(changed(coast={"MemoryBandwidth": {"triad_bw": None}}))
    assert found == [
        "facility.yaml: antennas.coast.checks.MemoryBandwidth.triad_bw: measures a partition, "
        "expected under the checks of a partition [MW1705]"
    ]


def test_no_mismatch_at_all_can_be_committed(changed):
    no_mismatch = {**COMMITTED, "unit": "count", "value": 0}
    assert problems_of(changed(cpu={"RiscvVector": {"kernel_mismatches": no_mismatch}})) == []


def test_every_problem_is_listed_at_once_and_nothing_is_expected_then(changed):
    facility = changed(
        cpu={"Nonsense": {"a": None}, "Gemm": {"b": None}}, coast={"Gemm": {"fp64_rate": None}}
    )
    assert len(problems_of(facility)) == 3
    with pytest.raises(BadInputError) as caught:
        list_expectations(facility, shipped_checks())
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("check", shipped_checks())
def test_every_metric_of_the_catalogue_can_be_expected_somewhere(changed, check):
    metrics = dict.fromkeys(shipped_checks()[check].metrics)
    sides = [problems_of(changed(cpu={check: metrics})), problems_of(changed(coast={check: metrics}))]
    assert [] in sides
    assert sides != [[], []]


@pytest.mark.parametrize(
    ("checks", "message"),
    [
        ({"Gemm %size=L2": {"fp64_rate": None}}, "has no parameter size, expected Gemm alone [MW1731]"),
        ({"Sized": {"bw": None}}, "lacks the parameter size, expected Sized %size=L2|DRAM [MW1731]"),
        ({"Sized%size=L4": {"bw": None}}, "has no size=L4: it is one of L2, DRAM"),
        (
            {"Sized%size=L2": {"bw": None}, "Sized %size=L2": {"bw": None}},
            "the same variant as 'Sized%size=L2', expected each variant once [MW1732]",
        ),
    ],
)
def test_variants_that_nothing_could_measure_are_refused(changed, checks, message):
    metric = {"unit": "GB/s", "better": "higher", "label": {"en": "x"}}
    sized = Declaration.model_validate(
        {
            "name": "Sized",
            "area": "processor",
            "description": "x",
            "scope": "node",
            "parameters": {"size": {"description": "x", "values": ["L2", "DRAM"]}},
            "metrics": {"bw": metric},
        }
    )
    registry = Registry({**shipped_checks(), "Sized": sized})
    found = find_commitment_problems(changed(cpu=checks), "facility.yaml", registry)
    assert [message in str(problem) for problem in found] == [True]
