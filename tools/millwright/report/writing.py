"""Reports on disk: written whole or not at all, with ``latest`` leading to the newest."""

import re
from collections.abc import Sequence
from pathlib import Path

from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.files import replacing, write_atomically

HTML_FILE, JSON_FILE, LATEST = "report.html", "report.json", "latest"
SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}")


def write_report(  # noqa: PLR0913 - the place and the content of a report
    root: Path, facility: str, run_id: str, *, html: str, json_text: str, order: Sequence[str] = ()
) -> Path:
    """Write both files of a report below ``root`` and return their folder.

    ``latest`` beside it is a relative link to the newest run that has a report; the report of an older
    run does not move it. ``order`` are the runs of the facility, oldest first.

    Raises :exc:`BadInputError` for names that are none of a folder, and :exc:`FailedError` where something
    else takes the place of ``latest``.
    """
    problems = [
        Problem(
            str(root), key, f"{name!r} is not a valid folder name", "letters, digits, - and _", code="MW6083"
        )
        for key, name in (("facility", facility), ("run", run_id))
        if not SAFE_NAME.fullmatch(name) or name == LATEST
    ]
    if problems:
        raise BadInputError(problems)
    folder = root / facility / run_id
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / JSON_FILE, json_text)
    write_atomically(folder / HTML_FILE, html)
    _point(folder.parent / LATEST, run_id, order)
    return folder


def _point(latest: Path, run_id: str, order: Sequence[str]) -> None:
    """Runs that are not in the order are older; their names begin with their time."""
    places = {known: place for place, known in enumerate(order)}
    if latest.exists() and not latest.is_symlink():
        raise FailedError(
            f"{latest} is in the way: expected a link to the newest report; move it elsewhere", code="MW6084"
        )
    present = latest.readlink().name if latest.is_symlink() and latest.exists() else ""
    if (places.get(present, -1), present) > (places.get(run_id, -1), run_id):
        return
    with replacing(latest) as partial:
        partial.symlink_to(run_id, target_is_directory=True)
