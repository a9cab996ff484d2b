"""The JUnit file of a run: there from its start, so that a killed run does not look like a good one."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from millwright.app.measure.junit import Case, cases_of, ended_early, junit_xml
from millwright.core.errors import BadInputError, MillwrightError, Problem
from millwright.core.files import write_atomically
from millwright.results.run_info import RunInfo
from millwright.verdicts.scorecard import Scorecard

UNFINISHED = "the run did not finish; millwright run FACILITY --resume goes on with it"


class JunitFile:
    """Writes the file, whole or not at all; does nothing without a path."""

    def __init__(self, path: Path | None, info: RunInfo) -> None:
        self._path = path
        self._info = info

    @contextmanager
    def kept_current(self, now: Callable[[], datetime.datetime]) -> Iterator[None]:
        """Write that the run did not finish, and why if an error ends it.

        Raises :exc:`BadInputError` at once if the file can't be written.
        """
        try:
            self._write_end(UNFINISHED, now())
        except OSError as error:
            raise BadInputError(
                [
                    Problem(
                        f"--junit {self._path}",
                        "-",
                        f"can't be written: {error.strerror or error}",
                        "a file in a folder that can be written",
                        code="MW6262",
                    )
                ]
            ) from error
        try:
            yield
        except MillwrightError as error:
            self._write_end(error.for_user(), now())
            raise
        except KeyboardInterrupt:
            self._write_end("the run was interrupted before a check had ended", now())
            raise

    def write(self, scorecard: Scorecard, finished: datetime.datetime) -> None:
        """Write the verdicts."""
        self._write(cases_of(self._info.facility, scorecard), finished)

    def _write_end(self, reason: str, moment: datetime.datetime) -> None:
        self._write(ended_early(self._info.facility, reason), moment)

    def _write(self, suites: Sequence[tuple[str, Sequence[Case]]], moment: datetime.datetime) -> None:
        if self._path is None:
            return
        info, started = self._info, datetime.datetime.fromisoformat(self._info.started)
        text = junit_xml(
            f"millwright run {info.facility}",
            suites,
            started=info.started,
            seconds=max(0.0, (moment - started).total_seconds()),
            properties=_properties(info),
        )
        write_atomically(self._path, text)


def _properties(info: RunInfo) -> dict[str, str]:
    chosen = info.selection
    given = {
        "run": info.run_id,
        "facility": info.facility,
        "millwright": info.millwright_version,
        "commit": info.git_commit or "",
        "checks": " ".join(chosen.checks),
        "tags": " ".join(chosen.tags),
        "tier": chosen.tier,
        "nodes": chosen.nodes,
        "reservation": chosen.reservation,
        "queue": chosen.queue,
    }
    return {name: value for name, value in given.items() if value}
