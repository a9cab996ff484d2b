"""Offers that must not be scored, each with the requirement that it misses."""

import pytest

import worked_tender as worked
from millwright.tenders.admission import admit
from millwright.tenders.load import load_procedure


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def reasons(folder, bidder="alder"):
    return [(each.key, str(each.reason)) for each in admit(load_procedure(folder))[bidder]]


def test_the_worked_tender_rejects_one_offer_for_two_reasons(folder):
    assert reasons(folder) == []
    assert reasons(folder, "birch") == []
    assert reasons(folder, "cedar") == [
        ("committed.fp64_gemm", "extrapolated"),
        ("committed.pue", "misses-limit"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("price", ..., "no-price"),
        ("price.value", 0, "no-price"),
        ("price.value", 9000000.01, "above-price-ceiling"),
        ("received", "2026-09-01T12:00:01+02:00", "late"),
        ("received", "2026-05-31T12:00:00+02:00", "received-before-publication"),
        ("form_version", 1, "another-form-version"),
        ("tender", "LH/2026/CD/0002", "another-tender"),
        ("power.unit", "kWh", "wrong-unit"),
        ("committed.fp64_gemm", ..., "missing"),
        ("committed.fp64_gemm.unit", "TFLOP/s", "wrong-unit"),
        ("committed.fp64_gemm.value", 0, "not-above-0"),
        ("committed.fp64_gemm.sparsity", "2:4", "sparse-where-dense-asked"),
        ("committed.fp64_gemm.sparsity", ..., "sparsity-not-stated"),
        ("committed.fp64_gemm.precision", "bf16", "wrong-precision"),
        ("committed.fp64_gemm.kind", "peak", "peak-where-measured-asked"),
        ("committed.fp64_gemm.kind", "Emulated by INT8", "emulated"),
        ("committed.fp64_gemm.kind", "a guess", "not-measured"),
        ("committed.stream_triad.kind", "projected", "extrapolated"),
        ("committed.rdma_bandwidth.value", 44.9999999, "misses-limit"),
        ("committed.pue.value", 0.99, "impossible"),
        (
            "committed.ai_exaflops",
            {"value": 1, "unit": "EFLOP/s", "source": "x", "date": "2026-08-01"},
            "not-asked",
        ),
        ("workloads.climate", ..., "missing"),
        ("workloads.climate.nodes", 25, "more-nodes-than-offered"),
        ("workloads.climate.time.unit", "GB", "wrong-unit"),
        ("workloads.climate.kind", "extrapolated from 2 nodes", "extrapolated"),
    ],
)
def test_an_offer_is_rejected(folder, key, value, reason):
    worked.change(folder / "offers/alder.yaml", key, value)
    found = reasons(folder)
    assert [each for _, each in found] == [reason]
    assert key.startswith(found[0][0]) or found[0][0].startswith(key)


def test_a_limit_that_is_equalled_is_met(folder):
    worked.change(folder / "offers/alder.yaml", "committed.rdma_bandwidth.value", 45)
    worked.change(folder / "offers/alder.yaml", "committed.pue.value", 1.2)
    worked.change(folder / "offers/alder.yaml", "price.value", 9000000)
    worked.change(folder / "offers/alder.yaml", "received", "2026-09-01T12:00:00+02:00")
    assert reasons(folder) == []


def test_zero_wrong_results_meet_a_limit_of_zero(folder):
    asked = {"unit": "count", "better": "lower", "limit": 0, "source": "2.3", "date": "2026-06-01"}
    given = {"value": 0, "unit": "count", "source": "x", "date": "2026-08-01"}
    worked.change(folder / "tender.yaml", "mandatory.wrong_results", asked)
    worked.change(folder / "offers/alder.yaml", "committed.wrong_results", given)
    assert reasons(folder) == []
    assert ("committed.wrong_results", "missing") in reasons(folder, "birch")


def test_a_sparse_figure_is_not_halved_but_the_half_is_shown(folder):
    worked.change(folder / "offers/alder.yaml", "committed.fp64_gemm.sparsity", "2:4")
    (found,) = admit(load_procedure(folder))["alder"]
    assert "if dense: 26250 GFLOP/s" in found.detail
