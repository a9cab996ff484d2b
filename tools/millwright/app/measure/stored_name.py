"""The name under which a facility's runs and reports are stored."""

from pathlib import Path

from millwright.core.errors import BadInputError, Problem
from millwright.core.places import default_folder, facility_file, known_facilities
from millwright.core.suggestions import did_you_mean
from millwright.facility import load_facility

DEFAULT_RESULTS = default_folder("results")
DEFAULT_REPORTS = default_folder("output")


def stored_name(facility: str, results: Path) -> str:
    """Name below ``results`` for a facility given by its name or by a path to its file.

    A name that has results is taken as it is: runs outlive the file of their facility. Raises
    :exc:`BadInputError` for a file that can't be read and for a name that is neither known nor stored.
    """
    is_path = "/" in facility or Path(facility).suffix in {".yaml", ".yml"}
    if not is_path and (results / facility).is_dir():
        return facility
    if is_path or facility in known_facilities() or Path(facility).is_dir():
        return load_facility(facility_file(facility)).name
    stored = [path.name for path in results.iterdir() if path.is_dir()] if results.is_dir() else []
    known = sorted({*stored, *known_facilities()})
    problem = f"no run of {facility!r} is stored, and no facility of that name is known"
    expected = f"one of {', '.join(known)}, or a path to a facility.yaml{did_you_mean(facility, known)}"
    raise BadInputError([Problem(str(results), "-", problem, expected, code="MW6008")])
