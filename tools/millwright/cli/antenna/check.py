"""``millwright antenna check``."""

from typing import Annotated

import typer
from rich.text import Text

from millwright.app.antenna import check as application
from millwright.app.antenna.check import ProofRow
from millwright.cli.options import AntennaName, AsJson, FacilityName
from millwright.cli.output import context, print_above_progress, print_json
from millwright.core.verdict import Verdict

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.NOT_MEASURED: "yellow",
}


def check(
    facility: FacilityName,
    antenna: AntennaName = None,
    access_mode: Annotated[
        str | None, typer.Option(help="Access mode of the job; the account's own if left out.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Prove that users reach the factory and run jobs, and that nobody else gets in.

    Exit code 1 if a proof fails, 3 if one could not be made.

    The same as: fab -r antennas check

    Example: millwright antenna check rack --json
    """
    with context() as here:
        if as_json:
            outcome = application.check(here, facility, antenna, access_mode)
        else:
            outcome = application.check(here, facility, antenna, access_mode, on_proof=_print_proof)
    if as_json:
        print_json(outcome)
    return outcome.exit_code


def _print_proof(proof: ProofRow) -> None:
    print_above_progress(line_of(proof))


def line_of(proof: ProofRow) -> Text:
    """One proof; text of a host is printed without control characters."""
    rest = f" {proof.subject:16} {proof.name}: {proof.detail}"
    printable = "".join(character if character.isprintable() else "?" for character in rest)
    return Text.assemble((f"{proof.outcome:12}", STYLES[proof.outcome]), printable)
