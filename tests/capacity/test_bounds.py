"""What declared hardware can do at most, from the catalogue and from the facility file."""

import pytest
import yaml

from millwright.capacity.bounds import find_bounds
from millwright.catalogue.catalogue import load_catalogue
from millwright.checks.registry import shipped_checks
from millwright.facility.model import Facility

FABRIC = {"kind": "infiniband", "devices": ["mlx5_0", "mlx5_1"], "rail_gb_s": 50}


@pytest.fixture
def bounds(rack_file):
    def find(kind="physical", **node_class):
        data = yaml.safe_load(rack_file.read_text())
        data["kind"] = kind
        data["node_classes"]["virtual-cpu"] |= node_class
        found = find_bounds(Facility.model_validate(data), shipped_checks(), load_catalogue())
        assert {one.partition for one in found} <= {"cpu"}, "nothing bounds an emulated partition"
        return {(one.check, one.metric): (one.kind, one.value) for one in found}

    return find


def test_a_part_of_the_catalogue_bounds_its_devices_and_their_links(bounds):
    found = bounds(accelerators={"part": "h100_sxm", "count": 4})
    assert found["AcceleratorGemm", "fp64_rate"] == ("device", 67_000.0)
    assert found["AcceleratorNodeAllReduce", "large_bus_bw"] == ("place", 900.0)
    assert found["Gemm", "fp64_rate"] == ("device", 67_000.0), "of devices alone; the processors are unknown"
    assert ("AcceleratorNodeAllReduce", "small_time") not in found


def test_declared_peaks_bound_a_node_as_a_whole(bounds):
    found = bounds(peaks={"bw_tb_s": 0.46, "fp64": 3.2})
    assert found["MemoryBandwidth", "triad_bw"] == ("node", 460.0)
    assert found["Gemm", "fp64_rate"] == ("node", 3200.0)
    assert ("Gemm", "fp32_rate") not in found


def test_the_declared_rate_of_a_rail_bounds_what_crosses_the_fabric(bounds):
    found = bounds(fabric=FABRIC)
    assert found["RdmaPointToPoint", "bandwidth"] == ("place", 50.0)
    assert found["MpiPointToPoint", "bandwidth"] == ("place", 100.0)
    assert found["MpiAllReduce", "large_bus_bw"] == ("place", 200.0)


def test_without_a_number_of_rails_only_one_rail_is_bounded(bounds):
    found = bounds(fabric={"kind": "infiniband", "rail_gb_s": 50})
    assert set(found) == {("RdmaPointToPoint", "bandwidth")}


def test_a_figure_from_memory_bounds_nothing(bounds):
    assert ("AcceleratorGemm", "fp64_rate") not in bounds(accelerators={"part": "mi300x", "count": 4})
    assert ("AcceleratorGemm", "fp32_rate") not in bounds(accelerators={"part": "mi250x", "count": 4})


def test_nothing_bounds_a_virtual_facility(bounds):
    assert bounds("virtual", accelerators={"part": "h100_sxm", "count": 4}, fabric=FABRIC) == {}
