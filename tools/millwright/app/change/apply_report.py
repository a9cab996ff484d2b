"""The merged report of an apply: one line a host, as a document and as the text that a run stores."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from millwright.app.change.host_changes import TaskChange, TaskFailure, changes_in, failures_in
from millwright.app.document import Document, Part
from millwright.fleet.rollout.host_lines import HostLine, HostState
from millwright.fleet.rollout.run_waves import Outcome

COUNTS = ("ok", "changed", "unreachable", "failed")
"""Columns that count tasks."""


class HostReport(Part):
    """One host of an apply."""

    host: str
    wave: str
    state: str
    """ok, changed, failed, unreachable, unfinished or waiting.

    A host is unfinished if its wave ended early, and waiting if its wave did not begin.
    """
    ok: int
    changed: int
    failed: int
    unreachable: int
    """Number of tasks that ended so."""
    message: str
    """Why the host is not in its declared state; empty if it is."""
    resumed: bool
    """Whether an earlier part of this run changed the host."""

    @property
    def label(self) -> str:
        """The state as a table shows it."""
        return f"{self.state}, before" if self.resumed else self.state


class ApplyReport(Document):
    """What an apply did, or would do."""

    format: Literal["millwright-apply/1"] = "millwright-apply/1"
    facility: str
    exit_code: int
    conclusion: str
    """The outcome in one sentence, with the command that resumes the run if anything is left."""
    is_check: bool
    """Whether the run only reported what would change."""
    run_id: str
    """Empty for a check."""
    stopped: str
    """Why later waves did not begin; empty if all did."""
    remarks: tuple[str, ...]
    """Canaries that were replaced, a sentence each."""
    hosts: tuple[HostReport, ...]
    """Every selected host in the order of the waves."""
    failures: tuple[TaskFailure, ...]
    changes: tuple[TaskChange, ...]
    log: str | None
    """File with Ansible's own output, the newest if there are several."""
    logs: tuple[str, ...]
    folder: str | None
    """Folder of the run's journal and stored report; null for a check."""
    seconds: float


def make_report(
    outcome: Outcome, facility: str, typed: str, *, run_id: str = "", folder: Path | None = None
) -> ApplyReport:
    """The report of a run, or of a check if ``folder`` is None.

    ``typed`` names the facility in a command line.
    """
    logs = tuple(str(result.log) for result in outcome.results if result.log)
    return ApplyReport(
        facility=facility,
        exit_code=int(outcome.exit_code),
        conclusion=_conclusion(outcome, facility, typed, is_check=folder is None),
        is_check=folder is None,
        run_id=run_id,
        stopped=outcome.stopped,
        remarks=outcome.remarks,
        hosts=tuple(_host(line) for line in outcome.lines),
        failures=failures_in(outcome.results),
        changes=changes_in(outcome.results),
        log=logs[-1] if logs else None,
        logs=logs,
        folder=str(folder) if folder else None,
        seconds=round(sum(result.seconds for result in outcome.results), 1),
    )


def report_text(report: ApplyReport) -> str:
    """The report as plain text with a line for every host, however many there are."""
    heads = ("host", "wave", "state", *COUNTS)
    rows = [
        (each.host, each.wave, each.label, *(str(getattr(each, name)) for name in COUNTS), each.message)
        for each in report.hosts
    ]
    widths = [max(map(len, column)) for column in zip(heads, *(row[:-1] for row in rows), strict=True)]
    lines = [_pad(row, [*widths, 0]) for row in (heads, *rows)]
    return "\n".join([*lines, *report.remarks, report.conclusion]) + "\n"


def _pad(words: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(word.ljust(width) for word, width in zip(words, widths, strict=False)).rstrip()


def _host(line: HostLine) -> HostReport:
    return HostReport(
        host=line.host,
        wave=line.wave,
        state=str(line.state),
        ok=line.ok,
        changed=line.changed,
        failed=line.failed,
        unreachable=line.unreachable,
        message=line.message,
        resumed=line.resumed,
    )


def _conclusion(outcome: Outcome, facility: str, typed: str, *, is_check: bool) -> str:
    if not outcome.lines:
        return f"{facility} has no host that Ansible provisions: nothing to do."
    problem, changed = _problem(outcome), sum(line.changed for line in outcome.lines)
    if is_check:
        return f"{facility}: {problem or f'{changed} tasks would change something'}; nothing was changed."
    if problem:
        resume = f"millwright apply {typed} --resume goes on with what is left"
        return f"{facility}: {problem}. Fix the cause, then {resume}."
    return f"{facility}: {changed} changed, every host is in its declared state."


def _problem(outcome: Outcome) -> str:
    """Why not every host is in its declared state; empty if every one is."""
    states = [line.state for line in outcome.lines]
    if outcome.stopped:
        waiting = states.count(HostState.WAITING) + states.count(HostState.UNFINISHED)
        return f"stopped, {outcome.stopped}; {waiting} hosts are left"
    if failed := states.count(HostState.FAILED):
        return f"{failed} of {len(states)} hosts failed; their messages are above"
    left = sum(not state.is_done for state in states)
    return f"{left} of {len(states)} hosts could not be reached" if left else ""
