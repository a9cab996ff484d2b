"""Published peaks of the parts that a partition's nodes hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from millwright.catalogue.catalogue import Catalogue, Fact, Part
from millwright.core.claims import SourceKind
from millwright.results.metrics import Quantity

GIGA_PER_TERA = 1000.0


@dataclass(frozen=True, slots=True)
class Peak:
    """The published peak of one device."""

    part: str
    """Key in the catalogue."""
    figure: str
    """Key of the figure within the part, for example `fp64_matrix`."""
    value: float
    """In GFLOP/s or GB/s, as the quantity is measured."""
    source: str
    """Key under `sources` of the catalogue."""
    kind: SourceKind


def find_peak(catalogue: Catalogue, part: str, quantity: Quantity) -> Peak | str:
    """Find what one device can do at most, or say why it is not known.

    Catalogue peaks are dense, in TFLOP/s and TB/s. Matrix multiplication in double precision runs on
    matrix units where a part has them, so their figure comes before the vector one. A figure from
    memory is never taken, and no other is put in its place: a share of the wrong peak misleads.
    """
    entry = catalogue.accelerators.get(part)
    if entry is None:
        return f"{part} is not in the catalogue"
    figure, fact = next(((name, fact) for name, fact in _figures(entry, quantity) if fact), ("", None))
    if fact is None:
        return f"the catalogue holds no {quantity.value} of {entry.name}"
    if not fact.is_reference or isinstance(fact.value, str):
        return f"the {quantity.value} of {entry.name} is known from memory only"
    return Peak(part, figure, fact.value * GIGA_PER_TERA, fact.source, fact.kind)


def _figures(part: Part, quantity: Quantity) -> Iterator[tuple[str, Fact | None]]:
    if quantity is Quantity.FP64_RATE:
        yield from ((name, part.peak_dense_tflops.get(name)) for name in ("fp64_matrix", "fp64"))
    elif quantity is Quantity.FP32_RATE:
        yield "fp32", part.peak_dense_tflops.get("fp32")
    elif quantity is Quantity.MEMORY_BANDWIDTH:
        yield "bw_tb_s", part.memory.bw_tb_s
