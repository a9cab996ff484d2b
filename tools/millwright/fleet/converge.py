"""Brings a set of hosts to their declared state, and Ansible only to those that need it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from millwright.facility.model import Facility
from millwright.readers.ansible import apply
from millwright.readers.ansible_events import ApplyOptions, ApplyResult, Event


def converge(  # noqa: PLR0913 - time, state and progress are given, not taken from the surroundings
    file: Path,
    facility: Facility,
    options: ApplyOptions,
    *,
    state: Path,
    now: datetime,
    on_event: Callable[[Event], None],
) -> ApplyResult:
    """Bring the hosts that ``options`` name to their state and return what happened on each.

    Raises what :func:`millwright.readers.ansible.apply` raises.
    """
    return apply(file, facility, options, state=state, now=now, on_event=on_event)
