"""What a run would measure, as text."""

import math

from rich.table import Table
from rich.text import Text

from millwright.app.measure.preview import PlannedSuite, RunPlan
from millwright.cli.output import console


def print_list(plan: RunPlan) -> None:
    """Print the checks with their partitions and metrics."""
    table = Table("Check", "Partition", "Tags", "Tiers", "Values", "Metrics", box=None)
    for case in plan.cases:
        words = (" ".join(case.tags), " ".join(case.tiers), str(case.values), " ".join(case.metrics))
        cells = (case.check, case.partition, *words)
        table.add_row(*map(Text, cells))
    for suite in plan.suites:
        table.add_row(
            *map(Text, (_checks_of(suite), " ".join(suite.partitions) or "-", "foreign", "-", suite.title))
        )
    console().print(table)


def print_plan(plan: RunPlan) -> None:
    """Print the cases with their nodes, and their estimated and longest times."""
    table = Table("Check", "Partition", "Tiers", "Nodes", "Queue", "Values", "About", "At most", box=None)
    for case in plan.cases:
        limit = f"{case.limit_min} min" if case.limit_min else "-"
        about = _minutes(case.estimate_s)
        place = (" ".join(case.tiers), case.nodes, case.queue or "-")
        cells = (case.check, case.partition, *place, str(case.values), about, limit)
        table.add_row(*map(Text, cells))
    for suite in plan.suites:
        partitions = " ".join(suite.partitions) or "-"
        times = f"{suite.repeat} a case"
        table.add_row(
            *map(Text, (_checks_of(suite), partitions, "its own", "its own", times, "-", "its own"))
        )
    out = console()
    out.print(table)
    count = len(plan.cases)
    about = _minutes(sum(case.estimate_s for case in plan.cases))
    cases = f"{count} case{'s' * (count != 1)}"
    out.print(Text(f"{cases}, about {about}, at most {plan.limit_min} min, without waiting in a queue."))
    out.print(Text(f"Results go to {plan.results}. Nothing was started."))


def _checks_of(suite: PlannedSuite) -> str:
    return " ".join(suite.patterns) or f"{suite.suite}.*"


def _minutes(seconds: float) -> str:
    """An estimate to the minute.

    >>> _minutes(25), _minutes(150)
    ('1 min', '3 min')
    """
    return f"{math.ceil(seconds / 60)} min"
