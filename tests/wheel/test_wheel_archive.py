"""A second team: the wheel in an empty home, and an archive that another installation made."""

import pytest

from millwright.app.context import Context
from millwright.app.measure.report import ReportRequest, write_capacity_report
from millwright.app.measure.results_archive import ArchiveRequest, archive_run

pytestmark = pytest.mark.tools


def test_the_installed_wheel_makes_the_identical_report(installed, stored_run, tmp_path, monkeypatch):
    monkeypatch.setenv("MILLWRIGHT_STATE", str(tmp_path / "state"))
    results = stored_run.parents[1]
    first = write_capacity_report(Context(), ReportRequest("rack", output=tmp_path / "o", results=results))
    archive_run(Context(), ArchiveRequest("rack", tmp_path / "rack.zip", results=results))
    monkeypatch.delenv("MILLWRIGHT_STATE")
    home = tmp_path / "second-team"
    home.mkdir()
    done = installed.run(
        home, "millwright", "report", "--from-archive", tmp_path / "rack.zip", "--output", "out", home=home
    )
    assert done.returncode == first.exit_code, done.stdout + done.stderr
    there = home / "out/rack" / stored_run.name
    assert (there / "report.html").read_bytes() == first.page.read_bytes()
    assert (there / "report.json").read_bytes() == first.json_file.read_bytes()
