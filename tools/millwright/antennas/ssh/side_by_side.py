"""The same step for many antennas at once: one that is down or broken delays nobody."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from millwright.core.errors import MillwrightError, NotTestableError

MOST_AT_ONCE = 32


def find_failures(names: Iterable[str], step: Callable[[str], None]) -> dict[str, MillwrightError]:
    """Take a step for every name at the same time; what went wrong, by name and in their order."""
    listed = tuple(names)
    if not listed:
        return {}
    with ThreadPoolExecutor(max_workers=min(len(listed), MOST_AT_ONCE)) as pool:
        outcomes = pool.map(lambda name: _attempt(step, name), listed)
        return {name: error for name, error in zip(listed, outcomes, strict=True) if error is not None}


def _attempt(step: Callable[[str], None], name: str) -> MillwrightError | None:
    try:
        step(name)
    except MillwrightError as error:
        return error
    return None


def out_of_reach(failures: dict[str, MillwrightError]) -> dict[str, str]:
    """Why each name could not be reached; raises the first error that is of another kind."""
    for error in failures.values():
        if not isinstance(error, NotTestableError):
            raise error
    return {name: str(error) for name, error in failures.items()}
