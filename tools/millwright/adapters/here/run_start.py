"""The record of a run at its start: which product, checkout and machine set out to measure what."""

import datetime
import platform
from collections.abc import Iterable

from millwright import __version__
from millwright.adapters.here.provenance import git_commit, host_facts, wheel_version
from millwright.core.places import product_root
from millwright.facility.model import Facility
from millwright.results.run_info import ExpectedValue, RunInfo, iso_utc, make_run_id


def start_run(
    facility: Facility, expected: Iterable[ExpectedValue], started: datetime.datetime, token: str
) -> RunInfo:
    """Describe a run that starts now on this machine; its end, versions and sessions are still empty.

    ``token`` is eight random hexadecimal digits; raises :exc:`ValueError` for anything else.
    """
    return RunInfo(
        run_id=make_run_id(started, token),
        facility=facility.name,
        started=iso_utc(started),
        finished="",
        millwright_version=__version__,
        git_commit=git_commit(product_root()),
        tool_versions={"Python": platform.python_version(), **wheel_version(product_root())},
        host=host_facts(),
        emulated_partitions=tuple(name for name in facility.partitions if facility.is_emulated(name)),
        expected=tuple(expected),
    )
