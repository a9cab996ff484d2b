"""The verdicts of a run as text."""

from rich.text import Text

from millwright.app.measure.scorecard import Interval, Judgement, Rollup, ScorecardDocument
from millwright.cli.output import console
from millwright.core.verdict import Verdict

STYLES: dict[Verdict | None, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_MEASURED: "magenta",
}


MOST_PLACES = 8
"""Places that one line names; JSON has all."""


def print_scorecard(scorecard: ScorecardDocument) -> None:
    """Print the verdict on every expected value, then what was not expected or rejected."""
    out = console()
    out.print(Text(f"Run {scorecard.run_id}"))
    for rollup in scorecard.rollups:
        out.print(_line(rollup))
        out.print(Text(f"{'':14}{_place(rollup)}: {rollup.deciding.judgement.reason}", style="dim"))
        if rollup.reason not in {"", rollup.deciding.judgement.reason}:
            out.print(Text(f"{'':14}{rollup.reason}", style="dim"))
    for (partition, metric, reason), places in _doubts(scorecard).items():
        shown = ", ".join(places[:MOST_PLACES]) + f" and {len(places) - MOST_PLACES} more" * (
            len(places) > MOST_PLACES
        )
        out.print(Text(f"in doubt: {partition} {metric} on {shown}: {reason}", style="yellow"))
    for series in scorecard.unexpected:
        what = f"{series.check} {series.parameters}".rstrip()
        place = f"{series.partition} {what} {series.metric} {series.node} {series.device}".rstrip()
        out.print(Text(f"not expected: {place}: {len(series.values)} samples"))
    _print_foreign(scorecard)
    for rejected in scorecard.rejected:
        origin = rejected.origin
        if any(origin.check == row.check for row in scorecard.foreign):
            continue
        out.print(Text(f"rejected: {origin.partition} {origin.case}: {'; '.join(rejected.reasons)}"))
    for left_out in scorecard.left_out:
        place = f"{left_out.partition} {left_out.check}"
        out.print(Text(f"not asked for in this run: {place}: {left_out.values} expected values"))


def _doubts(scorecard: ScorecardDocument) -> dict[tuple[str, str, str], list[str]]:
    """Places by partition, metric and reason for doubt."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in scorecard.rows:
        e = row.expectation
        metric = " ".join(filter(None, (e.check, e.parameters, e.metric)))
        for reason in row.doubts:
            found.setdefault((e.partition, metric, reason), []).append(f"{row.node} {row.device}".rstrip())
    return found


def _print_foreign(scorecard: ScorecardDocument) -> None:
    """Checks that others wrote, with the values that nobody committed."""
    out = console()
    if scorecard.foreign:
        out.print(Text("Checks of others, as they are (no commitment, so no verdict):"))
    for row in scorecard.foreign:
        what = f"{row.partition} {row.variant}".strip()
        where = f" ({row.environment})" if row.environment else ""
        detail = f": {row.detail}" if row.detail else ""
        style = "default" if row.state == "counted" else "yellow"
        out.print(Text(f"{row.state:26}{what}{where}{detail}", style=style))
        for value in row.values:
            figures = _figures(value.interval, value.unit)
            out.print(Text(f"{'':26}{value.metric} {value.node}  {figures}", style="dim"))


def _line(rollup: Rollup) -> Text:
    expectation = rollup.deciding.expectation
    unit, reference = expectation.definition.unit, expectation.reference
    limit = f", limit {reference.limit:.4g} {unit}" if reference else ""
    line = Text(f"{rollup.verdict or 'no reference':12}  ", style=STYLES.get(rollup.verdict, ""))
    name = f"{rollup.partition} {rollup.variant} {rollup.metric}{' (emulated)' * rollup.deciding.emulated}"
    judgement = rollup.deciding.judgement
    text = f"{name}  {_median(judgement, unit)}{limit}{_deviation(judgement)}"
    return line.append(text, style="default")


def _deviation(judgement: Judgement) -> str:
    """The judged value against the committed one, and which statistic it is unless the median."""
    if judgement.deviation is None:
        return ""
    statistic = "" if judgement.statistic == "median" else f" ({judgement.statistic} {judgement.value:.4g})"
    return f", {100 * judgement.deviation:+.1f} % of the commitment{statistic}"


def _place(rollup: Rollup) -> str:
    """The deciding place, and of how many it is the worst."""
    place = f"{rollup.deciding.node} {rollup.deciding.device}".rstrip()
    return f"{place} (worst of {rollup.places})" if rollup.places > 1 else place


def _median(judgement: Judgement, unit: str) -> str:
    return _figures(judgement.interval, unit) if judgement.interval else "no value"


def _figures(interval: Interval, unit: str) -> str:
    ends = "no interval" if interval.low is None else f"{interval.low:.4g} to {interval.high:.4g}"
    return f"{interval.median:.4g} {unit} ({ends}, n = {interval.n})"
