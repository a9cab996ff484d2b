"""One line for each case of a run while it runs."""

import datetime
from collections.abc import Callable

from millwright.adapters.reframe.process import CaseEvent, LaunchSite
from millwright.core.progress import Progress
from millwright.core.verdict import Verdict

ENDS = {
    "FAIL": "failed",
    "ABORT": "aborted",
    "SKIP": "skipped",
    "XFAIL": "failed as ReFrame expected",
    "XPASS": "passed although ReFrame expected a failure",
}
"""ReFrame's words for cases that do not count."""


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
        self._progress.done(case, f"{describe_end(event)}{took}, {event.done} of {event.total}")


def describe_end(event: CaseEvent) -> str:
    """How a case ended, in the words of a verdict: the values of one that ran well are judged at the end.

    ReFrame fails a case that misses one of its references; whether that matters is for the interval to say.
    """
    if event.result == "OK" or event.phase == "performance":
        return "measured"
    why = f"failed in {event.phase}" if event.phase else ENDS.get(event.result, event.result)
    return f"{Verdict.NOT_MEASURED} ({why})"
