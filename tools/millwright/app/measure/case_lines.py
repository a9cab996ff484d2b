"""One line for each case of a run while it runs."""

import datetime
from collections.abc import Callable

from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.core.progress import Progress


class CaseLines:
    """Shows when a case starts and how it ended, with the time it took and the number that ended."""

    def __init__(self, progress: Progress, now: Callable[[], datetime.datetime]) -> None:
        self._progress = progress
        self._now = now
        self._started: dict[str, datetime.datetime] = {}

    def follow(self, seat: LaunchSite, event: CaseEvent) -> None:
        """Show one event."""
        case = f"{event.check} on {event.partition}"
        if not event.result:
            self._started[case] = self._now()
            self._progress.step(case, f"running from {seat}")
            return
        started = self._started.pop(case, None)
        took = f" after {(self._now() - started).total_seconds():.0f} s" if started else ""
        self._progress.done(case, f"{event.result}{took}, {event.done} of {event.total}")
