"""What a soak observed, as text."""

from rich.text import Text

from millwright.app.measure.soak import SoakOutcome
from millwright.cli.output import console


def print_soak(found: SoakOutcome) -> None:
    """Print the interruptions, the mean time between them, and the lines for a file of figures."""
    out = console()
    state = "complete" if found.is_complete else "ended before its time"
    out.print(
        Text(
            f"Soak of {found.facility}: {found.observed_hours:.2f} of {found.hours:g} h in "
            f"{len(found.runs)} rounds, {state}"
        )
    )
    for each in found.interruptions:
        out.print(Text(f"  {each.started} {each.place}: {each.reason}", style="red"))
    for run in found.failed_runs:
        out.print(Text(f"  FAIL in run {run}", style="red"))
    if found.mean_hours is None:
        bound = f"at least {found.one_sided_low_hours:.3g} h (95 %)"
        out.print(Text(f"No interruption; the mean time between them is {bound}"))
    else:
        ends = f"{found.low_hours:.3g} to {found.high_hours:.3g} h, 95 %"
        out.print(Text(f"Mean time between interruptions: {found.mean_hours:.3g} h ({ends})"))
    out.print(Text("For a file of kind reliability (millwright figures):"))
    out.print(Text(f"observed_hours: {found.observed_hours}\ninterruptions: {len(found.interruptions)}"))
