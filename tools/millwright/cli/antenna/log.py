"""``millwright antenna log``."""

import datetime
from typing import Annotated

import typer

from millwright.app.antenna import log as application
from millwright.app.antenna.log import EntryRow
from millwright.cli.options import AntennaName, AsJson, FacilityName
from millwright.cli.output import print_json, print_lines, warn


def log(
    facility: FacilityName,
    antenna: AntennaName = None,
    since: Annotated[str, typer.Option(help="A time in the notation of journalctl.")] = "-1 day",
    as_json: AsJson = False,
) -> int:
    """Show who entered each gateway when, with which certificate, from where and to where.

    Exit code 3 if a gateway was not reached.

    Example: millwright antenna log rack --antenna coast --since "-1 hour" --json
    """
    outcome = application.log(facility, antenna, since)
    if as_json:
        print_json(outcome)
    else:
        print_lines(line_of(name, entry) for name, entries in outcome.entries.items() for entry in entries)
    for name, why in outcome.not_reached.items():
        warn(f"{name}: NOT REACHED: {why}")
    return outcome.exit_code


def line_of(antenna: str, entry: EntryRow) -> str:
    """One connection; what a stranger could have chosen is printed without control characters."""
    time = datetime.datetime.fromtimestamp(entry.time_us / 1_000_000, datetime.UTC)
    denied = f", denied {', '.join(entry.denied)}" if entry.denied else ""
    text = (
        f"{time:%Y-%m-%dT%H:%M:%SZ} {antenna} {entry.key_id} serial {entry.serial} from {entry.source} "
        f"to {', '.join(entry.targets) or '-'}{denied}"
    )
    return "".join(character if character.isprintable() else "?" for character in text)
