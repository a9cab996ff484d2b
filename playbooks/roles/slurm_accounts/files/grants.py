#!/usr/bin/env python3
"""Opens and closes grants in slurmdbd on their days (UTC); a timer starts it, for Python 3.9 on the host.

Takes the file with the cluster and its grants; ``--today DAY`` stands in for the day. Touches no other limit.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
from pathlib import Path

Grant = dict[str, str]
"""Name, first and last day."""
Limits = tuple[str, str]
"""Running jobs and submitted jobs, as sacctmgr prints them."""
CLOSED = "0"
"""Jobs that may run or wait outside of a grant's days."""
MOST_NAMES = 100
"""Accounts in one question or change, so that no command line grows with the facility."""


def is_open(grant: Grant, today: datetime.date) -> bool:
    """Whether jobs may start today; both days count."""
    return grant["start"] <= today.isoformat() <= grant["end"]


def changes(
    grants: list[Grant], found: dict[str, Limits], today: datetime.date
) -> tuple[list[str], list[str]]:
    """Names to open and to close; ``found`` holds both limits of each account that slurmdbd has."""
    here = [grant for grant in grants if grant["name"] in found]
    to_open = [g["name"] for g in here if is_open(g, today) and CLOSED in found[g["name"]]]
    to_close = [g["name"] for g in here if not is_open(g, today) and set(found[g["name"]]) != {CLOSED}]
    return to_open, to_close


def read_limits(text: str) -> dict[str, Limits]:
    """Limits of accounts by name, from rows of account, user and two limits; rows of users are left out."""
    rows = [line.split("|") for line in text.splitlines() if line]
    return {row[0]: (row[2], row[3]) for row in rows if len(row) == 4 and not row[1]}


def chunks(names: list[str]) -> list[list[str]]:
    """Names in groups of at most ``MOST_NAMES``."""
    return [names[begin : begin + MOST_NAMES] for begin in range(0, len(names), MOST_NAMES)]


def _sacctmgr(*arguments: str) -> str:
    done = subprocess.run(
        ["sacctmgr", "--immediate", *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode != 0:
        sys.exit(f"slurmdbd was not changed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _set(cluster: str, names: list[str], limit: str) -> None:
    for group in chunks(names):
        where = ["where", f"name={','.join(group)}", f"cluster={cluster}"]
        _sacctmgr("modify", "account", *where, "set", f"grpjobs={limit}", f"grpsubmitjobs={limit}")


def _ask(cluster: str, names: list[str]) -> dict[str, Limits]:
    found: dict[str, Limits] = {}
    for group in chunks(names):
        shown = ["--noheader", "--parsable2", "show", "association", "WOPLimits"]
        where = [f"cluster={cluster}", f"accounts={','.join(group)}"]
        found.update(read_limits(_sacctmgr(*shown, *where, "format=Account,User,GrpJobs,GrpSubmit")))
    return found


def main() -> None:
    """Entry point of the timer; ends with 1 where slurmdbd does not answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--today", type=datetime.date.fromisoformat)
    asked = parser.parse_args()
    today = asked.today or datetime.datetime.now(datetime.timezone.utc).date()  # noqa: UP017 - Python 3.9
    declared = json.loads(asked.file.read_text())
    names = [grant["name"] for grant in declared["grants"]]
    to_open, to_close = changes(declared["grants"], _ask(declared["cluster"], names), today)
    _set(declared["cluster"], to_close, CLOSED)
    _set(declared["cluster"], to_open, "-1")
    for verb, changed in (("opened", to_open), ("closed", to_close)):
        for name in changed:
            print(f"{today} {verb} {name}")


if __name__ == "__main__":
    main()
