"""Statements of a stored run that can't all be true."""

import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

from millwright.core.errors import BadInputError
from millwright.results.begun import Sums, begun_file, find_differences, read_begun
from millwright.results.run_info import ID_TIME, ISO_TIME, RunInfo

MOST_APART = datetime.timedelta(days=1)
"""Clocks of the hosts of a run may differ, and may be set while it lasts; by more than this they may not."""


def find_contradictions(path: Path, info: RunInfo, sums: Mapping[str, str]) -> Iterator[str]:
    """Every contradiction between a run, its name, its begun record and its sessions.

    ``path`` is the run's folder and ``sums`` those of its manifest.
    """
    yield from _find_in_times(info)
    record = begun_file(path.parent, info.run_id)
    if info.number is None or not record.exists():
        return
    try:
        yield from find_differences(read_begun(record), info, Sums.of(sums))
    except BadInputError as error:
        yield str(error)


def _find_in_times(info: RunInfo) -> Iterator[str]:
    named = _read(info.run_id.partition("-")[0], ID_TIME)
    started, finished = _read(info.started, ISO_TIME), _read(info.finished, ISO_TIME)
    if started is None or finished is None:
        yield f"its start {info.started!r} or its end {info.finished!r} is no time in UTC"
        return
    if named != started:
        yield f"its start {info.started} is not that of its name"
    if finished < started - MOST_APART:
        yield f"it ended at {info.finished}, before it started at {info.started}"
    for session in info.sessions:
        times = [_read(text, ISO_TIME) for text in (session.started, session.finished)]
        if not all(time and started - MOST_APART <= time <= finished + MOST_APART for time in times):
            during = f"{session.started} to {session.finished}"
            yield f"its session {session.seat} lasted from {during}, outside of the run's time"


def _read(text: str, form: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
