"""Run steps at the same time, so that an interrupt ends all of them soon."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from millwright.core.errors import FailedError
from millwright.rack.progress import Stoppable

Result = TypeVar("Result")
MAX_AT_ONCE = 16


def run_all(calls: Sequence[Callable[[], Result]], steps: Stoppable) -> list[Result]:
    """Results in order; :exc:`FailedError` with every failure when all have ended.

    On an interrupt, ``steps`` is stopped, so that the calls end too before it is raised again.
    """
    if not calls:
        return []
    with ThreadPoolExecutor(max_workers=min(len(calls), MAX_AT_ONCE)) as pool:
        jobs = [pool.submit(call) for call in calls]
        try:
            wait(jobs)
        except BaseException:
            steps.stop()
            raise
    errors = [error for job in jobs if (error := job.exception())]
    for error in errors:
        if not isinstance(error, FailedError):
            raise error
    if failed := [error.for_user() for error in errors if isinstance(error, FailedError)]:
        raise FailedError("\n".join(failed), code="MW7031")
    return [job.result() for job in jobs]
