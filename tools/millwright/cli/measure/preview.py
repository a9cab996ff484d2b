"""What a run would measure, as text."""

from rich.table import Table
from rich.text import Text

from millwright.app.measure.preview import RunPlan
from millwright.cli.output import console


def print_list(plan: RunPlan) -> None:
    """Print the checks with their partitions and metrics."""
    table = Table("Check", "Partition", "Tags", "Values", "Metrics", box=None)
    for case in plan.cases:
        cells = (case.check, case.partition, " ".join(case.tags), str(case.values), " ".join(case.metrics))
        table.add_row(*map(Text, cells))
    console().print(table)


def print_plan(plan: RunPlan) -> None:
    """Print the cases with their nodes and longest times."""
    table = Table("Check", "Partition", "Nodes", "Queue", "Values", "At most", box=None)
    for case in plan.cases:
        limit = f"{case.limit_min} min" if case.limit_min else "-"
        cells = (case.check, case.partition, case.nodes, case.queue or "-", str(case.values), limit)
        table.add_row(*map(Text, cells))
    out = console()
    out.print(table)
    total = f"{len(plan.cases)} cases, at most {plan.limit_min} min without waiting in a queue"
    out.print(Text(f"{total}; results go to {plan.results}. Nothing was started."))
