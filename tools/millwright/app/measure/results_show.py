"""``millwright results show``: the verdicts of a stored run."""

from pathlib import Path
from typing import Literal

from millwright.app.measure.scorecard import ScorecardDocument, scorecard_fields
from millwright.app.measure.stored_name import stored_name
from millwright.facility import load_facility
from millwright.results.runs import find_run, load_run
from millwright.verdicts.scorecard import score


class ResultsShow(ScorecardDocument):
    """The verdicts of a stored run against the facility file stored with it."""

    format: Literal["millwright-results-show/1"] = "millwright-results-show/1"


def show_results(facility: str, run: str | None, results: Path) -> ResultsShow:
    """Judge a stored run, or the newest; raises :exc:`BadInputError` for one that was changed."""
    loaded = load_run(find_run(results, stored_name(facility, results), run))
    scorecard = score(load_facility(loaded.facility_file), loaded)
    return ResultsShow.model_validate(scorecard_fields(scorecard))
