"""Cases of checks that others wrote: their values come from ReFrame's report, and nothing in it is trusted.

A session's seat names its suite (``foreign-eessi``). Names are prefixed with the suite, units stay as stated.
Whatever can't name a series (control characters, endless text) is rejected instead of being mended: two
series must never become one.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from millwright.checks.naming import CHECK_NAME, SUITE_NAME
from millwright.core.node_sets import fold
from millwright.results.binding import nodes_of
from millwright.results.measured import Measured
from millwright.results.parsers.probe_line import PLACE
from millwright.results.parsers.reframe import FAILED, Case

SEAT = re.compile(rf"foreign-(?P<suite>{SUITE_NAME})(?:-[0-9]+)?")
"""Seat of a suite's session; a number follows from its second attempt."""
MAX_NAME = 500
MAX_METRIC = 100
MAX_UNIT = 32
MAX_VALUES = 1000
"""Of one case."""
MISSED = "missed a reference of its own"
FEW_DIGITS = 2
SHOWN = 5


@dataclass(frozen=True, slots=True)
class ForeignValue:
    """One value that a case stated."""

    metric: str
    value: float
    unit: str


def seat_of(suite: str) -> str:
    """Seat of a suite's first session."""
    return f"foreign-{suite}"


def suite_of_seat(seat: str) -> str:
    """The suite whose checks a session ran; empty if they were not foreign.

    >>> suite_of_seat("foreign-eessi-2"), suite_of_seat("harness")
    ('eessi', '')
    """
    found = SEAT.fullmatch(seat)
    return found["suite"] if found else ""


def clean(text: str, limit: int = MAX_NAME) -> str:
    r"""Text that is safe to show: what can't be printed is replaced, and its length is bounded.

    >>> clean("a\x1b[31mb") == "a\ufffd[31mb"
    True
    """
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text[:limit])
    return f"{shown} …" if len(text) > limit else shown


def prefixed(case: Case, suite: str) -> Case:
    """The case as results name it."""
    return case.model_copy(
        update={
            "name": f"{suite}.{clean(case.name)}",
            "partition": clean(case.partition, MAX_METRIC),
            "environ": clean(case.environ, MAX_METRIC),
            "fail_reason": clean(" ".join((case.fail_reason or "").split())) or None,
            "job_id": clean(case.job_id, MAX_METRIC) if case.job_id else case.job_id,
            "nodes": tuple(clean(node, MAX_METRIC) for node in case.nodes),
            "nodes_taken": tuple(clean(node, MAX_METRIC) for node in case.nodes_taken),
            "nodes_left_out": {},
        }
    )


def find_name_faults(case: Case, original: Case) -> Iterator[str]:
    """Why a prefixed case can't name a series."""
    if not re.fullmatch(CHECK_NAME, case.check):
        yield f"{case.check!r} can't be the name of a check"
    pairs = ((case.name.partition(".")[2], original.name), (case.partition, original.partition))
    if any(shown != given for shown, given in (*pairs, (case.environ, original.environ))):
        yield "its name is too long or holds characters that can't be printed"
    nodes = nodes_of(case)
    if not nodes:
        yield "the nodes of its job are not known"
    elif not all(PLACE.fullmatch(node) for node in nodes):
        yield "the nodes of its job are no node names"


def read_values(case: Case) -> tuple[tuple[ForeignValue, ...], tuple[str, ...]]:
    """The values of a case, sorted by metric, and what is wrong with any of them."""
    stated = case.perfvalues or {}
    if not isinstance(stated, dict) or len(stated) > MAX_VALUES:
        return (), (f"its values are no mapping of at most {MAX_VALUES}",)
    values: dict[str, ForeignValue] = {}
    faults = []
    for key, stated_value in stated.items():
        metric = key.split(":", 2)[-1]
        fault = _find_fault(metric, stated_value)
        if fault:
            faults.append(f"{clean(metric, MAX_METRIC)}: {fault}")
        elif metric in values:
            faults.append(f"{metric}: is stated twice")
        else:
            values[metric] = ForeignValue(metric, float(stated_value[0]) + 0.0, stated_value[4] or "")
    return tuple(values[name] for name in sorted(values)), tuple(faults)


def to_measured(values: tuple[ForeignValue, ...], case: Case) -> Measured:
    """The values as one sample each, of the node or folded node set of the job."""
    count = len(values)
    zeros = np.zeros(count, dtype=np.int32)
    return Measured(
        metrics=tuple(each.metric for each in values),
        units=tuple(each.unit for each in values),
        nodes=(fold(sorted(nodes_of(case))),),
        devices=("",),
        metric=np.arange(count, dtype=np.int32),
        node=zeros,
        device=zeros,
        offsets=np.arange(count + 1, dtype=np.int64),
        rep=zeros,
        value=np.array([each.value for each in values], dtype=np.float64),
    )


def remarks_on(case: Case, values: tuple[ForeignValue, ...]) -> str:
    """What a reader must know of a case that counts; empty if there is nothing."""
    missed = [f"{MISSED} ({case.fail_reason or 'no reason given'})"]
    coarse = [text for each in values if (text := _coarseness(each))]
    shown = coarse[:SHOWN] + ([f"and {len(coarse) - SHOWN} more like it"] if len(coarse) > SHOWN else [])
    return "; ".join([*(missed if case.result == FAILED else []), *shown])


def units_of(values: tuple[ForeignValue, ...]) -> Mapping[str, str]:
    """Unit by metric."""
    return {each.metric: each.unit for each in values}


def _find_fault(metric: str, stated: object) -> str:
    if not metric or len(metric) > MAX_METRIC or not metric.isprintable() or metric != metric.strip():
        return "can't be the name of a metric"
    if not isinstance(stated, list) or len(stated) < 5:
        return "is no value with a unit"
    value, unit = stated[0], stated[4]
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        return "its value is not a finite number"
    if unit is not None and not (isinstance(unit, str) and len(unit) <= MAX_UNIT and unit.isprintable()):
        return "its unit can't be printed"
    return ""


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _coarseness(each: ForeignValue) -> str:
    """A value that its check printed with hardly any digit says little.

    >>> _coarseness(ForeignValue("svd", 0.05, "s")), _coarseness(ForeignValue("dot", 1.234, "s"))
    ('svd has 1 significant digit', '')
    """
    if each.value == 0:
        return f"{each.metric} is 0"
    digits = f"{each.value:.15g}".partition("e")[0].replace(".", "").lstrip("-0").rstrip("0")
    if each.value.is_integer() or len(digits) > FEW_DIGITS:
        return ""
    return f"{each.metric} has {len(digits)} significant digit{'s' * (len(digits) != 1)}"
