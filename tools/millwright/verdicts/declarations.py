"""Whether a run was judged by the declarations of checks that the reader knows."""

from collections.abc import Iterator

from millwright.checks.declaration import Declaration, Metric
from millwright.checks.naming import split_key
from millwright.checks.registry import Registry
from millwright.facility import Facility
from millwright.verdicts.commitments import Alteration

JUDGED = ("unit", "better", "statistic", "adds_up_to")
"""What of a metric enters a verdict or a capacity figure."""
BOUNDED = ("peak", "link", "exact", "signed")
"""What of a metric rules values out or casts doubt on them."""


def find_altered_declarations(
    own: Facility, registry: Registry, stored: Registry, *, is_bounded: bool
) -> Iterator[Alteration]:
    """Every statement of a check that ``own`` expects which ``stored`` lacks or has otherwise.

    ``registry`` holds the reader's checks, ``stored`` those that the run keeps; labels, needs and costs
    judge nothing. A run from before values were held against bounds (not ``is_bounded``) declares none.
    """
    checks = {split_key(name)[0] for each in _checks(own) for name in each}
    for name in sorted(checks & registry.keys()):
        mine, theirs = registry[name], stored.get(name)
        if theirs is None:
            yield Alteration(name, "missing", "declared")
            continue
        found = dict(judged_statements(theirs, is_bounded=is_bounded))
        for key, value in judged_statements(mine, is_bounded=is_bounded):
            if found.get(key) != value:
                yield Alteration(f"{name}.{key}", found.get(key, "missing"), value)


def find_unknown_checks(own: Facility, registry: Registry) -> tuple[str, ...]:
    """Checks that ``own`` expects and ``registry`` lacks, so that nothing can be compared."""
    return tuple(sorted({split_key(name)[0] for each in _checks(own) for name in each} - registry.keys()))


def _checks(facility: Facility) -> Iterator[tuple[str, ...]]:
    yield from (tuple(partition.checks) for partition in facility.partitions.values())
    yield from (tuple(antenna.checks) for antenna in facility.antennas.values())


def judged_statements(declaration: Declaration, *, is_bounded: bool) -> Iterator[tuple[str, str]]:
    """What a check declares that decides a verdict: key and value as text."""
    yield "scope", declaration.scope
    yield "independent", str(declaration.independent)
    named = (f"{name}={'|'.join(each.values)}" for name, each in sorted(declaration.parameters.items()))
    yield "parameters", ", ".join(named) or "none"
    for name, metric in declaration.metrics.items():
        yield from (
            (f"metrics.{name}.{key}", _text(metric, key))
            for key in (*JUDGED, *(BOUNDED if is_bounded else ()))
        )


def _text(metric: Metric, key: str) -> str:
    value = getattr(metric, key)
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
