"""``millwright results list``: the runs of a facility in the order of its chain."""

from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.document import Document, Part
from millwright.app.measure.stored_name import stored_name
from millwright.core.errors import BadInputError
from millwright.results.chain import Link
from millwright.results.run_info import RUN_ID, RunInfo
from millwright.results.runs import StoredRuns, list_runs, read_info


class StoredRun(Part):
    """One stored run, or one that began and was never stored."""

    run: str
    started: str
    """ISO 8601, UTC; ``unreadable`` for a run whose description can't be read."""
    finished: str
    sessions: str
    """The places that ReFrame was started from, or ``imported (osu)``."""
    millwright: str
    """Version that measured; the problem of an unreadable run."""
    number: int | None = None
    """Place in the chain; null for a run that was stored before there was one."""
    state: str = "complete"
    """``complete``, ``interrupted``, ``refused`` before its first case, or ``begun only``: never stored."""
    refusal: str = ""
    """Why it was refused."""


class ResultsList(Document):
    """Everything in a facility's folder of results."""

    format: Literal["millwright-results-list/1"] = "millwright-results-list/1"
    facility: str
    runs: tuple[StoredRun, ...]
    """In the order of the chain: those before it by name, then by number."""
    leftovers: tuple[str, ...]
    """Paths that are no complete run: an interrupted write, or something foreign."""
    breaks: tuple[str, ...] = ()
    """Gaps, deletions, replacements and runs of other facilities, in words."""


def list_results(context: Context, facility: str, results: Path) -> ResultsList:
    """List the runs; warns of what is not counted as one, and of each break of the chain."""
    name = _name(facility, results)
    stored = list_runs(results, name)
    warn_of_leftovers(context, stored)
    for found in stored.chain.findings:
        context.warn(f"the chain is broken: {found.text}")
    return ResultsList(
        facility=name,
        runs=tuple(_describe(results / name / link.run_id, link) for link in stored.chain.links),
        leftovers=tuple(str(path) for path in stored.leftovers),
        breaks=tuple(found.text for found in stored.chain.findings),
    )


def _name(facility: str, results: Path) -> str:
    """A facility that has no runs yet has an empty list; that is no error."""
    try:
        return stored_name(facility, results)
    except BadInputError:
        if "/" in facility or Path(facility).suffix in {".yaml", ".yml"}:
            raise
        return facility


def warn_of_leftovers(context: Context, stored: StoredRuns) -> None:
    """Warn of everything that is no complete run."""
    for path in stored.leftovers:
        why = "a run whose manifest is gone" if RUN_ID.fullmatch(path.name) else "no complete run"
        context.warn(f"not counted: {path}: {why}")


def _source(info: RunInfo) -> str:
    return f"imported ({info.imported.tool})" if info.imported else ""


def _describe(path: Path, link: Link) -> StoredRun:
    known = {"run": link.run_id, "number": link.number, "state": link.state, "refusal": link.refusal}
    empty = {"finished": "-", "sessions": "-"}
    if link.state in {"begun only", "refused"}:
        return StoredRun.model_validate(known | empty | {"started": link.started, "millwright": "-"})
    try:
        info = read_info(path)
    except BadInputError as error:
        return StoredRun.model_validate(known | empty | {"started": "unreadable", "millwright": str(error)})
    return StoredRun.model_validate(
        {
            **known,
            "started": info.started,
            "finished": info.finished,
            "sessions": ", ".join(session.seat for session in info.sessions) or _source(info),
            "millwright": info.millwright_version,
        }
    )
