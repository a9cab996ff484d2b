"""One line of the evidence behind a number."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.results_line import show_line
from millwright.app.measure.trust import Trust
from millwright.core.errors import BadInputError
from millwright.results.runs import load_run


def line_of(run, at):
    return show_line(Context(), "rack", run.name, run.parents[1], at, Trust())


def test_it_is_the_line_of_the_file_with_the_sum_of_the_manifest(stored_run):
    sums = load_run(stored_run).sums
    file = next(
        name
        for name in sums
        if name.endswith(".out") and len((stored_run / name).read_text().splitlines()) > 1
    )
    found = line_of(stored_run, f"{file}:2")
    assert found.text == (stored_run / file).read_text().splitlines()[1]
    assert (found.sha256, found.line) == (sums[file], 2)


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        ("rfm_job.out", "no place"),
        ("run.json:0", "no place"),
        ("../run.json:1", "the run has no file"),
        ("/etc/passwd:1", "the run has no file"),
        ("facility.yaml:99999", "has no line 99999"),
    ],
)
def test_what_is_no_line_of_the_run_is_refused(stored_run, at, problem):
    with pytest.raises(BadInputError, match=problem):
        line_of(stored_run, at)
