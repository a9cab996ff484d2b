"""``millwright results show``: the verdicts of a stored run, and what others measured beside them."""

from pathlib import Path
from typing import Literal

from millwright.app.context import Context
from millwright.app.measure.imported import ImportedResults, describe_run, imports_of
from millwright.app.measure.scorecard import ScorecardDocument, scorecard_fields
from millwright.app.measure.stored_name import stored_name
from millwright.app.measure.trust import Trust, open_run
from millwright.core.errors import ExitCode
from millwright.facility import load_facility
from millwright.results.imports import load_import
from millwright.results.runs import Run, find_run, list_runs
from millwright.verdicts.scorecard import score


class ResultsShow(ScorecardDocument):
    """The verdicts of a stored run against the facility file stored with it."""

    format: Literal["millwright-results-show/1"] = "millwright-results-show/1"
    imported: tuple[ImportedResults, ...] = ()
    """What others measured on this facility: never part of a verdict."""


def show_results(
    context: Context, facility: str, run: str | None, results: Path, trust: Trust | None = None
) -> ResultsShow:
    """Judge a stored run, or the newest; raises :exc:`NotTrustedError` for one that may not be relied on.

    An imported run has no verdict. Without a run named, every import is beside the newest run.
    """
    trust = trust or Trust()
    name = stored_name(facility, results)
    if run is None and list_runs(results, name).chain.newest is None:
        imported = tuple(imports_of(results, name, trust))
        if imported:
            return _only(imported)
    path = find_run(results, name, run)
    if run is None:
        warn_of_newer(context, results, name)
    loaded, _ = open_run(path, trust)
    if loaded.info.origin == "imported":
        return _only((describe_run(load_import(loaded.path, loaded.info)),))
    return _judge(loaded, tuple(imports_of(results, name, trust)) if run is None else ())


def _judge(run: Run, imported: tuple[ImportedResults, ...]) -> ResultsShow:
    scorecard = score(load_facility(run.facility_file), run)
    return ResultsShow.model_validate({**scorecard_fields(scorecard), "imported": imported})


def _only(imported: tuple[ImportedResults, ...]) -> ResultsShow:
    return ResultsShow(
        run_id=imported[-1].run_id,
        exit_code=int(ExitCode.OK),
        rows=(),
        rollups=(),
        unexpected=(),
        rejected=(),
        imported=imported,
    )


def warn_of_newer(context: Context, results: Path, facility: str) -> None:
    """Warn of each run after the newest complete one: it was interrupted, or never stored."""
    chain = list_runs(results, facility).chain
    newest = chain.newest
    later = chain.links[chain.links.index(newest) + 1 :] if newest else ()
    for link in later:
        if not link.is_imported:
            context.warn(f"{link.name} came later and is left out: {link.state}")
