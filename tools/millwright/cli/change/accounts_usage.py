"""How ``millwright accounts usage`` prints its table."""

from rich.table import Column, Table
from rich.text import Text

from millwright.app.change.accounts_usage import AccessHours, UsageReport
from millwright.cli.output import console

WIDTH = 120
"""Fewest columns of the table; a cell that is cut names nothing."""


def print_usage(usage: UsageReport) -> None:
    """One line an antenna and access mode, then the Union's part."""
    out = console()
    out.width = max(out.width, WIDTH)
    out.print(Text(f"{usage.begin} to {usage.end}"))
    out.print(_table(usage))
    for part in usage.union:
        line = (
            f"Union, {part.unit}: {part.of_existing:.2%} of the machine's time"
            f" ({_share(part.of_used)} of what was used);"
            f" declared {part.declared:.0%}, ceiling {part.ceiling:.0%}"
        )
        out.print(Text(line, style="bold red" if part.is_above_ceiling else ""))
    if usage.not_added:
        out.print(Text(f"not added up: {usage.not_added}", style="yellow"))
    for unknown in usage.unknown:
        where = f"partition {unknown.partition!r}, account {unknown.account}"
        out.print(Text(f"not counted: {unknown.seconds} s on {where}: not in the facility", style="yellow"))


def _table(usage: UsageReport) -> Table:
    table = Table(
        *("Antenna", "Access mode", "Accounts", Column("Granted", justify="right")),
        *(Column(name, justify="right") for name in ("Used", "Left", "SMEs, start-ups (of used)")),
        "Unit",
        *([Column(f"Used ({usage.reference_unit})", justify="right")] if usage.reference_unit else []),
        box=None,
    )
    for row in usage.access:
        converted = (_hours(row.used_in_reference),) if usage.reference_unit else ()
        table.add_row(*map(Text, (*_cells(row), *converted)))
    return table


def _cells(row: AccessHours) -> tuple[str, ...]:
    return (
        row.antenna or "none",
        row.access_mode,
        str(row.accounts),
        _hours(row.granted),
        _hours(row.used),
        _hours(row.left),
        _share(row.small_share),
        str(row.meter),
    )


def _hours(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"
