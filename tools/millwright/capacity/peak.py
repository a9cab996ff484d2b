"""Published peaks of the parts that a partition's nodes hold."""

from dataclasses import dataclass

from millwright.catalogue.catalogue import Catalogue, Part
from millwright.catalogue.fact import Fact
from millwright.checks.declaration import Metric
from millwright.core.claims import SourceKind

FACTORS = {"GFLOP/s": 1000.0, "GOP/s": 1000.0, "GB/s": 1000.0, "TFLOP/s": 1.0, "TOP/s": 1.0, "TB/s": 1.0}
"""Units that can be compared with the catalogue, which is in tera, and how many are in one of its own."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The published peak of one device."""

    part: str
    """Key in the catalogue."""
    figure: str
    """Key of the figure within the part, for example `fp64_matrix`."""
    value: float
    """In the unit of the metric."""
    source: str
    """Key under `sources` of the catalogue."""
    kind: SourceKind


def find_peak(catalogue: Catalogue, part: str, metric: Metric) -> Peak | str:
    """Find what one device can do at most, or say why it is not known.

    Catalogue peaks are dense, in TFLOP/s and TB/s. A metric names the figures that bound it, the fitting
    one first: matrix multiplication in double precision runs on matrix units where a part has them. A figure
    from memory is never taken, and no other is put in its place: a share of the wrong peak misleads.
    """
    entry, quantity = catalogue.accelerators.get(part), metric.adds_up_to
    if entry is None:
        return f"{part} is not in the catalogue"
    figure, fact = next(((name, fact) for name in metric.peak if (fact := _fact(entry, name))), ("", None))
    if fact is None or metric.unit not in FACTORS:
        return f"the catalogue holds no {quantity} of {entry.name}"
    if entry.stage != "shipping":
        return f"{entry.name} can't be bought yet ({entry.stage}): its figures are no reference"
    if not fact.is_reference or isinstance(fact.value, str):
        return f"the {quantity} of {entry.name} is known from memory only"
    return Peak(part, figure, fact.value * FACTORS[metric.unit], fact.source, fact.kind)


def _fact(part: Part, figure: str) -> Fact | None:
    return part.memory.bw_tb_s if figure == "bw_tb_s" else part.peak_dense_tflops.get(figure)
