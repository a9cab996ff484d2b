"""Whether a run was made against the commitments that the reader knows, and not against easier ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from millwright.core.node_sets import fold
from millwright.facility import Facility
from millwright.facility.model import Checks

COMMITTED = (
    "value",
    "unit",
    "tolerance",
    "commitment_class",
    "kind",
    "statistic",
    "quantile",
    "minimum_n",
    "maximum_n",
    "few_runs",
    "fleet",
    "lot",
)
"""What a commitment promises; source and date only document it."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """A statement of the reader's facility file that the run's file lacks or has otherwise."""

    key: str
    stored: str
    """What the run's file has; ``missing`` if it lacks the key."""
    own: str


def find_alterations(own: Facility, stored: Facility) -> Iterator[Alteration]:
    """Every commitment, node and class of hardware of ``own`` that is not the same in ``stored``.

    What ``stored`` expects beyond that makes no run better, and is left out.
    """
    found = dict(_statements(stored))
    for key, value in _statements(own):
        if found.get(key) != value:
            yield Alteration(key, found.get(key, "missing"), value)


def _statements(facility: Facility) -> Iterator[tuple[str, str]]:
    yield "name", facility.name
    yield "kind", facility.kind
    for name, partition in facility.partitions.items():
        node_class = facility.class_of(name)
        yield f"partitions.{name}.nodes", fold(partition.node_names())
        yield f"partitions.{name}.node_class", node_class.model_dump_json() if node_class else "none"
        yield from _commitments(f"partitions.{name}.checks", partition.checks)
    for name, antenna in facility.antennas.items():
        yield f"antennas.{name}.gateway", antenna.gateway
        yield from _commitments(f"antennas.{name}.checks", antenna.checks)


def _commitments(key: str, checks: Checks) -> Iterator[tuple[str, str]]:
    for check, metrics in checks.items():
        for metric, commitment in metrics.items():
            where = f"{key}.{check}.{metric}"
            if commitment is None:
                yield where, "measured"
                continue
            yield where, "committed"
            yield from ((f"{where}.{name}", str(getattr(commitment, name))) for name in COMMITTED)
