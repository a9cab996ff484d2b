import pytest

from millwright.core.errors import BadInputError, FailedError
from millwright.report import writing
from millwright.report.writing import write_report

OLD, NEW = "20260101T000000Z-00000001", "20261123T170211Z-4f1c2a9b"


def write(root, run_id, html="<p>"):
    return write_report(root, "rack", run_id, html=html, json_text="{}\n")


def test_latest_leads_to_the_newest_run_and_never_back(tmp_path):
    for run_id in (OLD, NEW, OLD):
        folder = write(tmp_path, run_id)
        assert (folder / "report.html").read_text() == "<p>"
    assert (tmp_path / "rack" / "latest").readlink().name == NEW
    assert (tmp_path / "rack" / "latest" / "report.json").read_text() == "{}\n"


def test_a_latest_that_leads_nowhere_is_replaced(tmp_path):
    (tmp_path / "rack").mkdir()
    (tmp_path / "rack" / "latest").symlink_to("29990101T000000Z-00000000")
    write(tmp_path, OLD)
    assert (tmp_path / "rack" / "latest").readlink().name == OLD


def test_something_else_in_the_place_of_latest_is_left_alone(tmp_path):
    (tmp_path / "rack" / "latest").mkdir(parents=True)
    with pytest.raises(FailedError, match="in the way"):
        write(tmp_path, NEW)
    assert (tmp_path / "rack" / "latest").is_dir()


def test_a_write_that_breaks_leaves_the_old_report_whole(tmp_path, monkeypatch):
    folder = write(tmp_path, NEW, "old")

    def broken(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.Path, "replace", broken)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, NEW, "new")
    monkeypatch.undo()
    assert (folder / "report.html").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]


@pytest.mark.parametrize(
    "name", ["../up", "", ".hidden", "a/b", "$(id)", "<script>", "latest", "a\nb", "x" * 300]
)
def test_names_that_are_no_folders_are_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(BadInputError):
        write_report(tmp_path / "output", "rack", name, html="", json_text="")
    assert not (tmp_path / "output").exists()
