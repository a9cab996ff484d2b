"""One-off verbs on antennas: they look and fetch. What a gateway is like is in ``deploy.py``.

Example: fab -r antennas tunnel-status      (MILLWRIGHT_FACILITY names the facility, else rack)
"""

import contextlib
import datetime
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from millwright.antennas.proof import gateway_reports as reports
from millwright.antennas.proof.check import check_antenna, plan_check
from millwright.antennas.proof.proofs import exit_code_of
from millwright.antennas.rollout.apply import chosen_antennas
from millwright.core.errors import MillwrightError
from millwright.core.places import facility_file, state_folder
from millwright.facility import Facility, load_facility

ONE_ANTENNA = {"antenna": "One antenna; all where left out."}


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """One message and the exit code that the command ``millwright`` would give."""
    try:
        yield
    except MillwrightError as error:
        raise Exit(str(error), code=error.exit_code) from error


def _facility() -> Facility:
    return load_facility(facility_file(os.environ.get("MILLWRIGHT_FACILITY", "rack")))


@task(help=ONE_ANTENNA)
def check(context: Context, antenna: str | None = None) -> None:
    """Prove that users reach the factory and run jobs, and that nobody else gets in."""
    with _clear_errors():
        facility, now = _facility(), datetime.datetime.now(datetime.UTC)
        names, made = chosen_antennas(facility, antenna), []
        given = plan_check(facility, state=state_folder(facility.name), now=now)
        for name in names:
            for proof in check_antenna(facility, name, given):
                sys.stdout.write(f"{proof}\n")
                made.append(proof)
    if exit_code_of(made):
        raise Exit(code=exit_code_of(made))


@task(help=ONE_ANTENNA)
def tunnel_status(context: Context, antenna: str | None = None) -> None:
    """Show the tunnel as each gateway sees it."""
    with _clear_errors():
        facility = _facility()
        for name in chosen_antennas(facility, antenna):
            sys.stdout.write(f"{name}\n{reports.tunnel_report(facility, name)}\n")


@task(help={**ONE_ANTENNA, "since": "A time as journalctl knows it.", "folder": "Where the files go."})
def fetch_log(
    context: Context, antenna: str | None = None, since: str = "-1 hour", folder: str = "output/antennas"
) -> None:
    """Fetch each gateway's log of sshd and the tunnel."""
    with _clear_errors():
        facility = _facility()
        for name in chosen_antennas(facility, antenna):
            file = Path(folder) / f"{name}.log"
            lines = reports.fetch_log(facility, name, file, since=since)
            sys.stdout.write(f"{file}: {lines} lines\n")
