"""What follows from published facts; each result is known as its weakest input is."""

from collections.abc import Mapping
from typing import Final

from millwright.catalogue.catalogue import Part
from millwright.catalogue.fact import Fact, derive
from millwright.core.units import NodeHours, convert_hours
from millwright.references.model import Accelerators, Partition

Parts = Mapping[str, Part]
UNITS: Final = ("GPU-hour", "GCD-hour", "core-hour", "node-hour")


def per_node(partition: Partition) -> Fact | None:
    """Accelerators of a node; None if unknown, or if the nodes are of several kinds with other counts."""
    if partition.accelerators is None:
        return None
    if not partition.accelerators:
        return None
    counts = [each.per_node for each in partition.accelerators]
    first = counts[0]
    same = all(each and first and each.value == first.value for each in counts)
    return first if same else None


def total_accelerators(partition: Partition) -> Fact | None:
    """As published, else nodes times accelerators of a node."""
    if partition.total_accelerators:
        return partition.total_accelerators
    totals = [_of_kind(partition, each) for each in partition.accelerators or ()]
    known = [each for each in totals if each is not None]
    if not known or len(known) < len(totals):
        return None
    formula = " + ".join(str(each.note) for each in known)
    return derive(sum(each.number or 0 for each in known), formula, *known)


def _of_kind(partition: Partition, kind: Accelerators) -> Fact | None:
    nodes, each = kind.nodes or partition.nodes, kind.per_node
    if nodes is None or each is None or nodes.number is None or each.number is None:
        return None
    return derive(nodes.number * each.number, f"{nodes.value:g} x {each.value:g}", nodes, each)


def node_peak(kind: Accelerators, precision: str, parts: Parts) -> Fact | None:
    """Dense peak of the accelerators of one node in TFLOP/s, from the data sheet of the part."""
    part = parts.get(kind.part or "")
    peak = part.peak(precision) if part else None
    count = kind.per_node
    if peak is None or count is None or peak.number is None or count.number is None:
        return None
    formula = f"{count.value:g} x {kind.part}.{precision} ({peak.strength}: {peak.source})"
    return derive(round(peak.number * count.number, 6), formula, peak, count)


def gflops_per_w(partition: Partition) -> Fact | None:
    """As published, else HPL over power."""
    rmax, power = partition.hpl_rmax_pf, partition.power_mw
    if partition.gflops_per_w:
        return partition.gflops_per_w
    if rmax is None or power is None or not rmax.number or not power.number:
        return None
    return derive(rmax.number / power.number, f"{rmax.value:g} PF / {power.value:g} MW", rmax, power)


def hpl_share(partition: Partition) -> Fact | None:
    """HPL as a share of the peak that the list or the site prints beside it."""
    rmax, peak = partition.hpl_rmax_pf, partition.hpl_rpeak_pf
    if rmax is None or peak is None or not rmax.number or not peak.number:
        return None
    return derive(rmax.number / peak.number, f"{rmax.value:g} / {peak.value:g} PF", rmax, peak)


def accelerator_hours_of_a_unit(partition: Partition, parts: Parts) -> Fact | None:
    """GPU-hours (of whole accelerators) that one billed unit is worth."""
    bill, count = partition.accounting, per_node(partition)
    if bill is None or bill.per_node_hour is None or count is None or not count.number:
        return None
    billed = bill.per_node_hour
    if not billed.number:
        return None
    part = parts.get((partition.accelerators or ())[0].part or "")
    node = NodeHours(int(count.number), part.dies if part else 1, int(billed.number // count.number))
    if bill.unit != "core-hour":
        worth = float(convert_hours(1, bill.unit, "GPU-hour", node))
    else:
        worth = count.number / billed.number
    return derive(
        worth, f"{count.value:g} accelerators / {billed.value:g} {bill.unit}s a node-hour", count, billed
    )
