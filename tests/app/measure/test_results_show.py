"""The verdicts of a stored run."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.results_show import show_results
from millwright.core.errors import BadInputError


def show(*arguments):
    return show_results(Context(), *arguments)


def test_a_facility_given_by_its_file_is_found_in_the_results(stored_run, rack_file):
    results = stored_run.parents[1]
    assert show(str(rack_file), None, results) == show("rack", stored_run.name, results)
    assert show("rack", None, results).exit_code == 1


def test_a_tampered_run_is_refused(stored_run):
    (stored_run / "samples.parquet").chmod(0o644)
    (stored_run / "samples.parquet").write_text("")
    with pytest.raises(BadInputError, match=r"samples\.parquet: changed since the run was stored"):
        show("rack", None, stored_run.parents[1])
