import pytest

from millwright.capacity.peak import Peak, find_peak
from millwright.catalogue.catalogue import Catalogue, load_catalogue
from millwright.checks.registry import shipped_checks
from millwright.core.claims import SourceKind

FP64_RATE = shipped_checks()["AcceleratorGemm"].metrics["fp64_rate"]
FP32_RATE = shipped_checks()["AcceleratorGemm"].metrics["fp32_rate"]
MEMORY_BANDWIDTH = shipped_checks()["MemoryBandwidth"].metrics["triad_bw"]


def fact(value, kind="read"):
    return {"value": value, "source": "sheet", "kind": kind}


def catalogue(peaks, bandwidth=None):
    part = {
        "vendor": "v",
        "name": "Part",
        "arch": "a",
        "kind": "gpu",
        "peak_dense_tflops": peaks,
        "memory": {"bw_tb_s": bandwidth},
    }
    return Catalogue.model_validate({"meta": {}, "sources": {"sheet": "x"}, "accelerators": {"part": part}})


def test_tera_becomes_giga_as_it_is_measured():
    peak = find_peak(catalogue({"fp32": fact(19.5)}), "part", FP32_RATE)
    assert peak == Peak("part", "fp32", 19500.0, "sheet", SourceKind.READ)
    peak = find_peak(catalogue({}, fact(1.5)), "part", MEMORY_BANDWIDTH)
    assert (peak.figure, peak.value) == ("bw_tb_s", 1500.0)


def test_matrix_units_come_before_vector_units_in_double_precision():
    both = catalogue({"fp64": fact(9.7), "fp64_matrix": fact(19.5)})
    assert find_peak(both, "part", FP64_RATE).figure == "fp64_matrix"
    assert find_peak(catalogue({"fp64": fact(9.7), "fp64_matrix": None}), "part", FP64_RATE).figure == "fp64"


def test_a_peak_from_memory_is_never_taken_and_no_other_put_in_its_place():
    peaks = {"fp64": fact(9.7), "fp64_matrix": fact(19.5, "memory")}
    assert find_peak(catalogue(peaks), "part", FP64_RATE) == "the fp64 rate of Part is known from memory only"


@pytest.mark.parametrize(
    ("part", "quantity", "reason"),
    [
        ("unknown", FP64_RATE, "unknown is not in the catalogue"),
        ("part", FP64_RATE, "the catalogue holds no fp64 rate of Part"),
        ("part", MEMORY_BANDWIDTH, "the catalogue holds no memory bandwidth of Part"),
    ],
)
def test_an_unknown_peak_says_why(part, quantity, reason):
    assert find_peak(catalogue({"fp64": None}), part, quantity) == reason


def test_a_metric_in_tera_is_compared_in_tera_and_one_in_another_unit_with_nothing():
    peaks = catalogue({"bf16": fact(989.0)})
    metric = FP32_RATE.model_copy(update={"peak": ("bf16",), "unit": "TFLOP/s", "adds_up_to": "bf16 rate"})
    assert find_peak(peaks, "part", metric).value == 989.0
    other = metric.model_copy(update={"unit": "token/s"})
    assert find_peak(peaks, "part", other) == "the catalogue holds no bf16 rate of Part"


def test_every_peak_of_the_shipped_catalogue_is_a_positive_number_with_a_source_or_says_why():
    shipped = load_catalogue()
    for part in shipped.accelerators:
        for quantity in (FP64_RATE, FP32_RATE, MEMORY_BANDWIDTH):
            peak = find_peak(shipped, part, quantity)
            assert isinstance(peak, str) or (peak.value > 0 and peak.source in shipped.sources)
            assert isinstance(peak, str) or peak.kind is not SourceKind.MEMORY
