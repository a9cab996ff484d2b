"""Published runs beside what the model says of them: checks of consistency, no validation."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from millwright.core.frozen import Frozen
from millwright.simulate.goodput.closed_form import Renewal, best_work_s, goodput
from millwright.simulate.goodput.published import mttf_h
from millwright.simulate.goodput.repair import poisson_interval
from millwright.simulate.quantity import D, Quantity

FILE = Path(__file__).with_name("published_runs.yaml")
WITHIN = 0.03
"""Share by which a mean time may differ: the published ones have two digits."""
PER_NODE = 8


class PublishedRun(Frozen):
    """One published figure and the inputs that are published with it."""

    name: str
    published: Quantity
    accelerators: int = Field(ge=1)
    days: float = Field(default=1.0, gt=0)
    unexpected: int | None = None
    failures_per_node_day: float | None = None
    checkpoint_s: float | None = None
    restart_s: float | None = None
    assumes: str = ""


class _Runs(Frozen):
    runs: tuple[PublishedRun, ...]


class Consistency(Frozen):
    """One published figure beside the model's."""

    name: str
    published: float
    unit: str
    model: float
    low: float | None
    """Interval of the model, where it has one."""
    high: float | None
    result: str
    """``consistent``, or ``outside the model``: never tuned to."""
    assumes: str
    source: str
    kind: str


@cache
def published_runs() -> tuple[PublishedRun, ...]:
    """Every run that is known."""
    return _Runs.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8"))).runs


def compare(run: PublishedRun) -> Consistency:
    """The model's figure of the same kind as the published one."""
    low: float | None = None
    high: float | None = None
    value = run.published.value
    if run.failures_per_node_day is not None:
        model = mttf_h(run.failures_per_node_day, PER_NODE, run.accelerators)
        is_met = abs(value / model - 1) <= WITHIN
    elif run.checkpoint_s is not None and run.restart_s is not None and run.unexpected:
        job = Renewal(run.days * D / run.unexpected, run.checkpoint_s, run.restart_s)
        model = goodput(job, best_work_s(job))
        is_met = model >= value - 0.02
    else:
        model = float(run.unexpected or 0)
        low, high = map(float, poisson_interval(model))
        is_met = low <= value <= high
    return Consistency(
        name=run.name,
        published=value,
        unit=run.published.unit,
        model=model,
        low=low,
        high=high,
        result="consistent" if is_met else "outside the model",
        assumes=run.assumes,
        source=run.published.source,
        kind=run.published.kind,
    )
