"""``millwright regress``: accept a baseline, and judge runs against it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from millwright.app.measure.stored_name import DEFAULT_RESULTS
from millwright.app.measure.trust import Trust
from millwright.app.regress.baseline import (
    RUNS,
    AcceptedSeries,
    BaselineRequest,
    RegressBaseline,
    accept_baseline,
)
from millwright.app.regress.check import Change, CheckRequest, JudgedSeries, RegressCheck, check_run
from millwright.cli.measure.scorecard import STYLES
from millwright.cli.options import AllowedSigners, AllowUnsigned, AsJson, ChecksDirs, FacilityName, ResultsDir
from millwright.cli.output import console, context, print_json
from millwright.core.verdict import Verdict

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Judge runs against what the facility gave before.\n\n"
    "Example: millwright regress check rack --confirm",
)
MOST_LINES = 40
"""Series that a table lists; JSON has all."""


@app.command()
def baseline(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    runs: Annotated[int, typer.Option(min=1, max=10_000, help="Accept the newest N runs.")] = RUNS,
    first: Annotated[str | None, typer.Option("--from", help="Oldest run that counts.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Newest run that counts.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A run that does not count; may be given again.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it is accepted, in words for others.")] = "",
    results_dir: ResultsDir = DEFAULT_RESULTS,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    as_json: AsJson = False,
) -> None:
    """Accept the values of stored runs as the baseline; earlier baselines stay stored.

    At least 30 runs are needed for the two-look rule, 120 keep false alarms rare whatever the noise.

    Example: millwright regress baseline rack --runs 60 --reason "accepted after the firmware of March"
    """
    trust = Trust(allowed_signers, allow_unsigned)
    request = BaselineRequest(facility, runs, first, last, tuple(without or ()), reason, results_dir, trust)
    with context() as here:
        found = accept_baseline(here, request)
    if as_json:
        print_json(found)
    else:
        _print_baseline(found)


@app.command()
def check(  # noqa: PLR0913, PLR0917 - one parameter for each option
    facility: FacilityName,
    run: Annotated[
        str | None, typer.Argument(help="Run; the newest if none is named.", show_default=False)
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Measure suspicious values again, four times at once.")
    ] = False,
    number: Annotated[
        int | None, typer.Option("--baseline", min=1, help="Number of the baseline; the newest by default.")
    ] = None,
    checks: ChecksDirs = None,
    results_dir: ResultsDir = DEFAULT_RESULTS,
    sign_with: Annotated[
        Path | None, typer.Option(help="SSH private key that signs repeats; your account's own by default.")
    ] = None,
    allowed_signers: AllowedSigners = None,
    allow_unsigned: AllowUnsigned = False,
    as_json: AsJson = False,
) -> int:
    """Judge a run against the baseline: at least 90 % of it, and no drop that repeats confirm.

    Exits with 1 after a regression, 3 if a value is missing or undecided, 2 without a fitting baseline.

    Example: millwright run rack && millwright regress check rack --confirm
    """
    request = CheckRequest(
        facility,
        run,
        number,
        confirm,
        tuple(checks or ()),
        results_dir,
        sign_with,
        Trust(allowed_signers, allow_unsigned),
    )
    with context() as here:
        found = check_run(here, request)
    if as_json:
        print_json(found)
    else:
        _print_check(found)
    return found.exit_code


def _print_baseline(found: RegressBaseline) -> None:
    out = console()
    state = "accepted" if found.is_new else "accepted already"
    out.print(Text(f"Baseline {found.number} of {found.facility}: {len(found.runs)} runs, {state}"))
    for each in found.series[:MOST_LINES]:
        changed = f", changed with {', '.join(each.changed_at)}" if each.changed_at else ""
        out.print(
            Text(f"  {_name(each)}  {each.level:.4g} {each.unit} (n = {each.runs}), {_finds(each)}{changed}")
        )
    _print_more(len(found.series))
    if found.undeclared:
        out.print(Text(f"{found.undeclared} series of checks without a declaration are left out."))
    out.print(Text(f"Stored in {found.path}"))


def _finds(each: AcceptedSeries | JudgedSeries) -> str:
    if each.smallest_drop is None:
        return "smallest drop not known"
    return f"finds a drop of {each.smallest_drop:.1%}"


def _print_check(found: RegressCheck) -> None:
    out = console()
    out.print(
        Text(
            f"Run {found.run} against baseline {found.baseline} of {found.facility} "
            f"({found.baseline_runs} runs)"
        )
    )
    listed = [each for each in found.series if each.verdict is not Verdict.PASS or each.repeats]
    passed = [each for each in found.series if each not in listed]
    for each in (*listed, *passed)[:MOST_LINES]:
        _print_series(each)
    _print_more(len(found.series))
    counts = {verdict: sum(each.verdict is verdict for each in found.series) for verdict in Verdict}
    out.print(
        Text(
            ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count) or "nothing judged"
        )
    )
    if found.new:
        out.print(Text(f"{len(found.new)} series are not in the baseline, so nothing is judged of them."))
    if found.left_out:
        out.print(Text(f"{found.left_out} series of the baseline were not asked for in this run."))
    if any(each.look == "suspicious" for each in found.series):
        out.print(
            Text(
                f"millwright regress check {found.facility} {found.run} --confirm repeats what is suspicious."
            )
        )


def _print_more(count: int) -> None:
    if count > MOST_LINES:
        console().print(Text(f"  and {count - MOST_LINES} more series; --json has all"))


def _print_series(each: JudgedSeries) -> None:
    out = console()
    value = "no value" if each.value is None else f"{each.value:.4g} {each.unit}"
    level = "" if each.level is None else f", baseline {each.level:.4g} (n = {each.runs})"
    drop = (
        ""
        if each.drop is None
        else f", {-100 * each.drop if each.better == 'higher' else 100 * each.drop:+.1f} %"
    )
    line = Text(f"{each.verdict:12}  ", style=STYLES.get(each.verdict, ""))
    name = f"{_name(each)}{' (emulated)' * each.emulated}"
    out.print(line.append(Text(f"{name}  {value}{level}{drop}; {_finds(each)}", style="default")))
    out.print(Text(f"{'':14}{each.reason}", style="dim"))
    if each.repeats:
        out.print(Text(f"{'':14}repeats: {', '.join(f'{value:.4g}' for value in each.repeats)}", style="dim"))
    for change in each.changes:
        _print_change(change, each.unit)


def _print_change(change: Change, unit: str) -> None:
    out = console()
    levels = f"from {change.before:.4g} to {change.after:.4g} {unit}"
    out.print(Text(f"{'':14}level changed {levels} with run {change.run}", style="dim"))
    if not change.causes:
        out.print(Text(f"{'':16}no change before it is recorded", style="dim"))
    elif not change.is_between:
        out.print(
            Text(f"{'':16}nothing recorded right before it; the last changes were earlier:", style="dim")
        )
    for cause in change.causes:
        out.print(Text(f"{'':16}{cause.at} {cause.kind}: {cause.text}", style="dim"))


def _name(each: AcceptedSeries | JudgedSeries) -> str:
    words = (
        each.partition,
        each.check,
        each.parameters,
        each.metric,
        each.environment,
        each.node,
        each.device,
    )
    return " ".join(filter(None, words))
