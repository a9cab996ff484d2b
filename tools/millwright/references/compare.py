"""Partitions side by side: one unit a row, and for each value how it is known."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from millwright.catalogue.catalogue import Part
from millwright.catalogue.fact import Fact, derive
from millwright.core.units import convert
from millwright.references import derive as derived
from millwright.references.model import Accelerators, Machine, Partition, Stage

Parts = Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Column:
    """One partition of a machine; of a machine without any, the machine alone."""

    name: str
    """For example ``lumi/lumi-g``."""
    machine: Machine
    partition: Partition
    stage: Stage


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one quantity of one partition."""

    fact: Fact | None
    """None: unknown, or different by kind of node."""
    by_part: tuple[tuple[str, Fact | None], ...] = ()
    """Where nodes are of several kinds that differ: by part, and never one figure for all."""
    is_reference: bool = False
    """Whether something may be measured against it."""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity of all partitions, in one unit."""

    key: str
    label: str
    unit: str
    cells: tuple[Cell, ...]


NOTHING = Partition(nodes=None, accelerators=None)


def columns_of(name: str, machine: Machine, partition: str = "") -> tuple[Column, ...]:
    """A machine's partitions with accelerators, or all if none has any; or the one that is named."""
    if not machine.partitions:
        return (Column(name, machine, NOTHING, machine.stage),)
    with_accelerators = [key for key, each in machine.partitions.items() if each.accelerators != ()]
    chosen = [partition] if partition else with_accelerators or list(machine.partitions)
    return tuple(
        Column(f"{name}/{key}", machine, machine.partitions[key], machine.stage_of(key)) for key in chosen
    )


def compare(columns: tuple[Column, ...], parts: Parts) -> tuple[Row, ...]:
    """All rows of which at least one partition knows something."""
    rows = (
        Row(key, label, unit, tuple(_checked(column, cell(column, parts), parts, key) for column in columns))
        for key, label, unit, cell in ROWS
    )
    return tuple(row for row in rows if any(cell.fact or cell.by_part for cell in row.cells))


def _checked(column: Column, cell: Cell, parts: Parts, key: str) -> Cell:
    """A cell with whether it is a reference: nothing announced, made up or from memory ever is."""
    used = _used_parts(column, parts)
    of_parts = key.startswith(("peak_", "memory_bandwidth"))
    is_capped = key.startswith("peak_") and column.partition.power_cap_w is not None
    remarks = list(cell.remarks)
    if is_capped:
        remarks.append("of the data sheet; the power cap keeps the machine below it")
    if of_parts and any(part.custom for part in used):
        remarks.append("custom part: figures of the catalogue part of its name do not hold")
    is_reference = (
        cell.fact is not None
        and cell.fact.is_reference
        and column.stage == "operational"
        and not (of_parts and (is_capped or any(part.stage != "shipping" for part in used)))
    )
    return Cell(cell.fact, cell.by_part, is_reference, tuple(remarks))


def _used_parts(column: Column, parts: Parts) -> list[Part]:
    found = (parts.get(each.part or "") for each in column.partition.accelerators or ())
    return [part for part in found if part is not None]


def _one(get: Callable[[Partition], Fact | None]) -> Callable[[Column, Parts], Cell]:
    return lambda column, _: Cell(get(column.partition))


def _by_part(column: Column, get: Callable[[Accelerators], Fact | None]) -> Cell:
    """One figure if all nodes share it, else one for each kind of node."""
    kinds = column.partition.accelerators or ()
    found = tuple((each.part or "unknown", get(each)) for each in kinds)
    values = {fact.value if fact else None for _, fact in found}
    if len(values) == 1:
        return Cell(found[0][1])
    return Cell(None, found) if found else Cell(None)


def _peak(precision: str) -> Callable[[Column, Parts], Cell]:
    return lambda column, parts: _by_part(column, lambda kind: derived.node_peak(kind, precision, parts))


def _memory_bandwidth(column: Column, parts: Parts) -> Cell:
    def bandwidth(kind: Accelerators) -> Fact | None:
        part = parts.get(kind.part or "")
        return part.memory.bw_tb_s if part else None

    return _by_part(column, bandwidth)


def _part(column: Column, parts: Parts) -> Cell:
    used = [each for each in column.partition.accelerators or () if each.part in parts]
    named = [(each.part or "", parts[each.part or ""].name, each.per_node) for each in used]
    if not named:
        return Cell(column.partition.node_type)
    facts = [
        (key, Fact(value=name, source=count.source, kind=count.kind, rests_on=count.rests_on))
        for key, name, count in named
        if count
    ]
    return Cell(facts[0][1]) if len(facts) == 1 else Cell(None, tuple(facts))


def _devices(column: Column, parts: Parts) -> Cell:
    def seen(kind: Accelerators) -> Fact | None:
        part = parts.get(kind.part or "")
        if kind.devices_per_node or part is None or kind.per_node is None or not kind.per_node.number:
            return kind.devices_per_node
        formula = f"{kind.per_node.value:g} x {part.dies}"
        return derive(kind.per_node.number * part.dies, formula, kind.per_node)

    return _by_part(column, seen)


def _mxp(column: Column, parts: Parts) -> Cell:
    del parts
    fact = column.partition.hpl_mxp_ef
    if fact is None or fact.number is None:
        return Cell(None)
    in_pf = float(convert(fact.number, "EFLOP/s", "PFLOP/s"))
    return Cell(fact.model_copy(update={"value": in_pf, "note": f"{fact.value:g} EFLOP/s, mixed precision"}))


def _capacity(column: Column, parts: Parts) -> Cell:
    del parts
    tiers = column.machine.storage
    known = [each.capacity_pb for each in tiers if each.capacity_pb and each.capacity_pb.number]
    if not known:
        return Cell(None)
    formula = " + ".join(f"{each.value:g}" for each in known)
    found = derive(sum(each.number or 0 for each in known), formula, *known)
    missing = len(tiers) - len(known)
    remarks = (f"{missing} of {len(tiers)} tiers unknown",) * bool(missing)
    return Cell(found.model_copy(update={"at_least": found.at_least or bool(missing)}), remarks=remarks)


def _fastest(column: Column, parts: Parts) -> Cell:
    del parts
    known = [each.read_gb_s for each in column.machine.storage if each.read_gb_s]
    return Cell(max(known, key=lambda fact: fact.number or 0, default=None))


def _hour(column: Column, parts: Parts) -> Cell:
    bill = column.partition.accounting
    remarks = (f"billed in {bill.unit}s",) if bill else ()
    return Cell(derived.accelerator_hours_of_a_unit(column.partition, parts), remarks=remarks)


ROWS: Final[tuple[tuple[str, str, str, Callable[[Column, Parts], Cell]], ...]] = (
    ("nodes", "Nodes", "", _one(lambda p: p.nodes)),
    ("accelerator", "Accelerator", "", _part),
    ("accelerators_per_node", "Accelerators a node", "", _one(derived.per_node)),
    ("devices_per_node", "Devices that jobs see, a node", "", _devices),
    ("accelerators", "Accelerators", "", _one(derived.total_accelerators)),
    ("power_cap", "Power cap of an accelerator", "W", _one(lambda p: p.power_cap_w)),
    ("memory_bandwidth", "Memory bandwidth, an accelerator", "TB/s", _memory_bandwidth),
    ("peak_fp64", "Dense peak FP64, a node", "TFLOP/s", _peak("fp64")),
    ("peak_fp64_matrix", "Dense peak FP64 matrix, a node", "TFLOP/s", _peak("fp64_matrix")),
    ("peak_bf16", "Dense peak BF16, a node", "TFLOP/s", _peak("bf16")),
    ("peak_fp8", "Dense peak FP8, a node", "TFLOP/s", _peak("fp8")),
    ("processor", "Processor", "", _one(lambda p: p.cpu)),
    ("host_memory", "Memory of a node (GB, or as published)", "", _one(lambda p: p.host_memory_gb)),
    ("fabric", "Fabric", "", _one(lambda p: p.fabric)),
    ("injection", "Injection, a node", "Gbit/s", _one(lambda p: p.injection_gbit_s)),
    ("hpl_rmax", "HPL Rmax", "PFLOP/s", _one(lambda p: p.hpl_rmax_pf)),
    ("hpl_rpeak", "HPL Rpeak", "PFLOP/s", _one(lambda p: p.hpl_rpeak_pf)),
    ("hpl_share", "Rmax / Rpeak", "1", _one(derived.hpl_share)),
    ("hpl_mxp", "HPL-MxP", "PFLOP/s", _mxp),
    ("top500_rank", "TOP500 rank", "", _one(lambda p: p.top500_rank)),
    ("power", "Power in HPL", "MW", _one(lambda p: p.power_mw)),
    ("efficiency", "HPL / power", "GFLOP/s per W", _one(derived.gflops_per_w)),
    ("storage", "Storage, usable", "PB", _capacity),
    ("storage_read", "Fastest storage, read", "GB/s", _fastest),
    ("gpu_hours_per_unit", "One billed unit", "GPU-hours", _hour),
    ("scheduler", "Scheduler", "", _one(lambda p: p.scheduler)),
    ("performance", "Performance, announced", "", lambda column, _: Cell(column.machine.performance)),
    ("budget", "Budget", "", lambda column, _: Cell(column.machine.budget)),
)
"""Each row: key, label, unit and how its cell is found. Claimed AI exaflops are no row, and never will be."""


def claims(column: Column) -> Iterator[tuple[str, str, str]]:
    """AI exaflops of press releases, as text with source: nothing here can be compared."""
    for each in column.machine.ai_claims:
        precision = each.precision.upper() if each.precision else "precision not stated"
        sparse = {True: "with sparsity", False: "dense", None: "sparsity not stated"}[each.sparse]
        more = "over " * each.at_least
        yield f"{more}{each.ef:g} EF claimed for AI ({precision}, {sparse})", each.source, each.note or ""
