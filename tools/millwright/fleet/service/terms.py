"""On what terms nodes leave service and come back: read from a request, which its journal keeps."""

from dataclasses import dataclass
from pathlib import Path

from millwright.core.places import default_folder
from millwright.fleet.rollout.request import Request
from millwright.verdicts.peers import THRESHOLD

SECONDS_PER_MINUTE = 60.0
JOBS_LIMIT_MIN = 60
RESULTS = default_folder("results")


@dataclass(frozen=True, slots=True)
class Terms:
    """What maintenance promises to users, and how strict it is with nodes."""

    jobs_limit_s: float
    """How long running jobs are waited for; none is ended."""
    gives_back_busy: bool
    """Whether a node whose jobs run longer goes back unchanged, or stays drained."""
    is_checked: bool
    """Whether nodes pass the gate before they serve again."""
    admits_inconclusive: bool
    """Whether the gate lets nodes in that could not be compared."""
    threshold: float
    """Share by which a node may be worse than its peers."""
    results: Path
    """Folder that holds the results of all facilities."""


def terms_of(request: Request) -> Terms:
    """The terms that a request names, with the default for what it does not."""
    given = request.given
    return Terms(
        jobs_limit_s=_number(given.get("jobs_limit_min"), JOBS_LIMIT_MIN) * SECONDS_PER_MINUTE,
        gives_back_busy=bool(given.get("give_back_busy", False)),
        is_checked=not given.get("no_checks", False),
        admits_inconclusive=bool(given.get("admit_inconclusive", False)),
        threshold=_number(given.get("threshold"), THRESHOLD),
        results=Path(str(given.get("results_dir", RESULTS))),
    )


def _number(found: object, default: float) -> float:
    return float(found) if isinstance(found, int | float) else default
