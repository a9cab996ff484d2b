"""What the hardware of a facility can do at most: measured values above it are no measurements."""

from collections.abc import Iterator

from millwright.capacity.peak import FACTORS, Peak, find_peak
from millwright.catalogue.catalogue import Catalogue
from millwright.checks.declaration import Link, Metric
from millwright.checks.registry import Registry
from millwright.facility import Facility
from millwright.facility.model import NodeClass
from millwright.results.run_info import Bound

BITS = {"GB/s": 1.0, "MB/s": 1000.0, "TB/s": 0.001, "Gbit/s": 8.0, "Mbit/s": 8000.0}
"""Units that can be compared with the rate of a link, and how many are in one GB/s."""
SCALE_UP = {Link.SCALE_UP: "uni_gb_s", Link.SCALE_UP_BOTH_WAYS: "bidir_gb_s"}

Known = tuple[str, float, str]
"""Kind, value and source of a bound."""


def find_bounds(facility: Facility, registry: Registry, catalogue: Catalogue) -> tuple[Bound, ...]:
    """Every bound that the declared hardware sets to a metric of a known check.

    A virtual facility and an emulated partition have none: their figures are of no part.
    """
    if facility.kind == "virtual":
        return ()
    return tuple(
        Bound(partition, check, metric, *known)  # type: ignore[arg-type]  # kinds are literals below
        for partition in facility.partitions
        if (node_class := facility.class_of(partition)) and not node_class.emulated
        for check, declaration in registry.items()
        for metric, definition in declaration.metrics.items()
        for known in _of_metric(node_class, definition, catalogue)
    )


def _of_metric(node_class: NodeClass, metric: Metric, catalogue: Catalogue) -> Iterator[Known]:
    if metric.peak and metric.unit in FACTORS:
        yield from _of_device(node_class, metric, catalogue)
        yield from _of_processors(node_class, metric)
    if metric.link and metric.unit in BITS:
        for rate, source in _rates(node_class, metric.link, catalogue):
            yield "place", rate * BITS[metric.unit], source


def _of_device(node_class: NodeClass, metric: Metric, catalogue: Catalogue) -> Iterator[Known]:
    if node_class.accelerators is None:
        return
    peak = find_peak(catalogue, node_class.accelerators.part, metric)
    if isinstance(peak, Peak):
        name = catalogue.accelerators[peak.part].name
        yield "device", peak.value, f"the peak {peak.figure} of {name} in the catalogue"


def _of_processors(node_class: NodeClass, metric: Metric) -> Iterator[Known]:
    figure = next((name for name in metric.peak if name in node_class.peaks), None)
    if figure:
        declared = node_class.peaks[figure]
        yield "node", declared * FACTORS[metric.unit], f"the peak {figure} that the node class declares"


def _rates(node_class: NodeClass, link: Link, catalogue: Catalogue) -> Iterator[tuple[float, str]]:
    """Rate of a link in GB/s, if it is known, and what it is."""
    if figure := SCALE_UP.get(link):
        part = catalogue.accelerators.get(node_class.accelerators.part) if node_class.accelerators else None
        fact = part.scale_up_fact(figure) if part else None
        if part and part.stage == "shipping" and fact and fact.is_reference:
            yield float(fact.value), f"the {figure} of {part.name} in the catalogue"
        return
    rate, rails = node_class.fabric.rail_gb_s, node_class.fabric.rails
    if rate is None:
        return
    if link is Link.RAIL:
        yield rate, "the rate of one rail"
    elif rails is not None:
        ways = 2 if link is Link.RAILS_BOTH_WAYS else 1
        both = ", both ways" * (ways == 2)
        yield rate * rails * ways, f"the rate of {rails} rail{'s' * (rails != 1)}{both}"
