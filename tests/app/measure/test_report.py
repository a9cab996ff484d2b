"""The capacity report of a stored run."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.core.errors import BadInputError


@pytest.fixture
def write(stored_run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def run(facility="rack", **more):
        request = ReportRequest(facility, output=tmp_path / "output", results=stored_run.parents[1], **more)
        return write_capacity_report(Context(), request)

    return run


def test_name_and_path_give_the_same_report_to_the_byte(write, rack_file):
    first = write()
    page = first.page.read_bytes()
    again = write(str(rack_file))
    assert (again.page, again.page.read_bytes(), again.json_text) == (first.page, page, first.json_text)


def test_a_changed_run_makes_no_report(write, stored_run, tmp_path):
    samples = stored_run / "counted.jsonl"
    samples.chmod(0o600)
    samples.write_text(samples.read_text().replace("Gemm", "Demm"))
    with pytest.raises(BadInputError, match=r"counted\.jsonl"):
        write()
    assert not (tmp_path / "output").exists()


def test_an_unknown_run_names_the_known_ones(write, stored_run):
    with pytest.raises(BadInputError, match=stored_run.name):
        write(run="20200101T000000Z-00000000")
