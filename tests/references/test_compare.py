"""The traps of comparing machines: units, custom parts, power caps, mixed nodes, AI exaflops, memory."""

import pytest

from millwright.catalogue.catalogue import load_catalogue
from millwright.catalogue.fact import Fact, derive
from millwright.core.claims import SourceKind
from millwright.references.compare import claims, columns_of, compare
from millwright.references.derive import total_accelerators
from millwright.references.load import load_references


def cells(name):
    """By row, the cells of one partition or of all of a machine's."""
    base, _, partition = name.partition("/")
    columns = columns_of(base, load_references().machines[base], partition)
    rows = compare(columns, load_catalogue().accelerators)
    return {row.key: row.cells[0] for row in rows}


def test_a_derived_value_is_known_as_its_weakest_input():
    read = Fact(value=4, source="a", kind=SourceKind.READ)
    memory = Fact(value=2, source="memory", kind=SourceKind.MEMORY)
    found = derive(8, "4 x 2", read, memory)
    assert (found.kind, found.strength, found.is_reference) == (SourceKind.DERIVED, SourceKind.MEMORY, False)
    again = derive(16, "2 x 8", read, found)
    assert again.strength is SourceKind.MEMORY
    assert derive(16, "4 x 4", read, read).is_reference
    assert Fact(value=1, source="derived", kind=SourceKind.DERIVED).strength is SourceKind.MEMORY


def test_the_peak_of_a_node_of_lumi_rests_on_memory_and_is_no_reference():
    found = cells("lumi/lumi-g")
    assert found["peak_fp64"].fact.value == pytest.approx(191.6)
    assert not found["peak_fp64"].is_reference
    assert found["peak_fp64_matrix"].is_reference
    assert found["power"].fact.strength is SourceKind.MEMORY
    assert not found["power"].is_reference


def test_hours_are_converted_from_the_unit_that_is_billed():
    """20 core-hours a GPU-hour on MareNostrum 5; on LUMI a GPU-hour is one of a module, of two devices."""
    found = cells("marenostrum5/mn5-acc")
    assert found["gpu_hours_per_unit"].fact.value == pytest.approx(1 / 20)
    assert found["gpu_hours_per_unit"].remarks == ("billed in core-hours",)
    lumi = cells("lumi/lumi-g")
    assert lumi["gpu_hours_per_unit"].fact.value == 1
    assert (lumi["accelerators_per_node"].fact.value, lumi["devices_per_node"].fact.value) == (4, 8)
    leonardo = cells("leonardo/leonardo-booster")["gpu_hours_per_unit"]
    assert leonardo.fact.value == pytest.approx(4 / 32)
    assert not leonardo.is_reference


def test_custom_parts_take_nothing_from_the_part_of_the_same_name():
    found = cells("marenostrum5/mn5-acc")
    assert found["accelerator"].fact.value.startswith("H100 custom")
    assert "memory_bandwidth" not in found
    assert any("custom" in remark for remark in found["peak_fp64_matrix"].remarks)


def test_peaks_of_a_capped_machine_are_those_of_the_data_sheet_and_no_reference():
    found = cells("jupiter/jupiter-booster")
    assert found["power_cap"].fact.value == 680
    assert found["peak_fp64_matrix"].fact.value == 268
    assert not found["peak_fp64_matrix"].is_reference
    assert any("power cap" in remark for remark in found["peak_fp64_matrix"].remarks)
    assert found["hpl_rmax"].is_reference


def test_nodes_of_several_kinds_have_no_common_figure():
    found = cells("deucalion/deucalion-gpu")
    bandwidth = found["memory_bandwidth"]
    assert bandwidth.fact is None
    assert {part: fact.value for part, fact in bandwidth.by_part} == {
        "a100_40_sxm": 1.555,
        "a100_80_sxm": 2.0,
    }
    assert not bandwidth.is_reference
    assert found["peak_fp64_matrix"].fact.value == 78
    columns = columns_of("deucalion", load_references().machines["deucalion"], "deucalion-gpu")
    without = columns[0].partition.model_copy(update={"total_accelerators": None})
    assert total_accelerators(without).value == 17 * 4 + 16 * 4


def test_injection_is_not_adapters_times_rate():
    found = cells("marenostrum5/mn5-gpp")
    assert found["injection"].fact.value == 100
    assert "shared" in found["injection"].fact.note


def test_exaflops_for_ai_are_words_and_no_row():
    for name in ("hammerhai", "it4lia", "bsc-aif", "gaia"):
        columns = columns_of(name, load_references().machines[name])
        assert list(claims(columns[0]))
        rows = compare(columns, load_catalogue().accelerators)
        assert not [row for row in rows if "EF" in row.unit or row.key.startswith("ai")]
        assert not [row for row in rows if row.key.startswith("hpl") and any(cell.fact for cell in row.cells)]
    (text, _, _), *_ = claims(columns_of("bsc-aif", load_references().machines["bsc-aif"])[0])
    assert text == "30 EF claimed for AI (FP4, sparsity not stated)"


def test_mixed_precision_is_in_the_unit_of_hpl_and_a_row_of_its_own():
    found = cells("jupiter/jupiter-booster")
    assert found["hpl_mxp"].fact.value == pytest.approx(6255)
    assert found["hpl_rmax"].fact.value == 1000


@pytest.mark.parametrize(
    "name", ["hammerhai", "ai2f", "gigafactory-synthetic", "jupiter/jupiter-cluster", "dare"]
)
def test_nothing_announced_or_made_up_becomes_a_reference(name):
    assert not any(cell.is_reference for cell in cells(name).values())


def test_announced_parts_are_no_reference_even_in_a_machine_that_runs():
    machine = load_references().machines["lumi"]
    lumi_g = machine.partitions["lumi-g"]
    kind = lumi_g.accelerators[0].model_copy(update={"part": "rubin_vr200"})
    changed = machine.model_copy(
        update={"partitions": {"lumi-g": lumi_g.model_copy(update={"accelerators": (kind,)})}}
    )
    rows = compare(columns_of("lumi", changed), load_catalogue().accelerators)
    found = {row.key: row.cells[0] for row in rows}
    assert found["peak_bf16"].fact.value == 16000
    assert not found["peak_bf16"].is_reference


def test_disagreeing_claims_are_all_kept():
    nodes = cells("jupiter/jupiter-booster")["nodes"].fact
    assert [nodes.value, *(each.value for each in nodes.others)] == [5884, 6000, 5938]
    budget = cells("hammerhai")["budget"].fact
    assert [budget.value, *(each.value for each in budget.others)] == ["EUR 85 M", "EUR 55 M"]
