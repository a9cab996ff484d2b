"""Starting a site's repository: whole or not at all, and never over what is there."""

import os
import signal
from pathlib import Path

import pytest

from millwright.app.site import init
from millwright.app.site.init import InitRequest, start_site
from millwright.app.site.site_files import LINK
from millwright.core.errors import BadInputError
from millwright.core.places import product_root
from millwright.facility import load_facility

DESCRIBED = """\
plugin: facility
name: {name}
title: Coast
kind: physical
partitions:
  local: {{nodes: localhost, scheduler: local, checks: {checks}}}
"""


def start(folder, name="", described=None, adds=False):
    return start_site(InitRequest(folder, name, described, adds=adds), product=product_root(), version="1")


def content(folder):
    """Every file below a folder with its text, and every link with its target."""
    return {
        path: path.readlink() if path.is_symlink() else path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture
def described(tmp_path):
    """Writes a facility file as ``facility discover`` would."""

    def write(name="coast", checks="{}"):
        file = tmp_path / "discovered.yaml"
        file.write_text(DESCRIBED.format(name=name, checks=checks))
        return file

    return write


def test_a_new_repository_describes_a_facility_called_after_its_folder(tmp_path):
    started = start(tmp_path / "new/coast")
    assert started.name == "coast"
    assert load_facility(tmp_path / "new/coast/inventories/coast/facility.yaml").name == "coast"
    assert (tmp_path / "new/coast" / LINK).readlink() == product_root()
    found = {str(path.relative_to(tmp_path / "new/coast")) for path in content(tmp_path / "new/coast")}
    assert found == set(started.created)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["coast"]


def test_once_more_changes_nothing(tmp_path):
    start(tmp_path / "coast")
    before = content(tmp_path / "coast")
    again = start(tmp_path / "coast")
    assert (again.created, again.kept) == ((), ())
    assert content(tmp_path / "coast") == before


def test_what_is_missing_is_added_and_what_was_changed_is_kept(tmp_path):
    folder = tmp_path / "renamed"
    start(folder, "coast")
    (folder / "README.md").unlink()
    (folder / LINK).unlink()
    (folder / LINK).symlink_to("/gone")
    (folder / ".gitignore").write_text("mine\n")
    again = start(folder)
    assert again.name == "coast"
    assert again.created == ("README.md", LINK)
    assert again.kept == (".gitignore",)
    assert (folder / ".gitignore").read_text() == "mine\n"
    assert (folder / LINK).readlink() == product_root()


@pytest.mark.parametrize("there", [(), (".git",)], ids=["empty", "fresh repository"])
def test_an_empty_folder_is_filled_in_place(tmp_path, there, monkeypatch):
    folder = tmp_path / "coast"
    folder.mkdir()
    for name in there:
        (folder / name).mkdir()
    monkeypatch.chdir(folder)
    start(Path())
    assert Path("inventories/coast/facility.yaml").is_file()
    assert not list(folder.glob(".millwright-init-*"))


def test_a_folder_with_other_files_is_refused_unless_adding_is_asked_for(tmp_path):
    folder = tmp_path / "coast"
    folder.mkdir()
    (folder / "README.md").write_text("mine\n")
    with pytest.raises(BadInputError, match=r"holds other files: README.md, expected .* --add"):
        start(folder)
    assert [path.name for path in folder.iterdir()] == ["README.md"]
    started = start(folder, adds=True)
    assert (folder / "README.md").read_text() == "mine\n"
    assert started.kept == ("README.md",)


def test_everything_in_the_way_is_listed_and_nothing_is_written(tmp_path):
    folder = tmp_path / "coast"
    folder.mkdir()
    (folder / "inventories").write_text("a file\n")
    (folder / "ansible.cfg").mkdir()
    (folder / LINK).mkdir()
    (folder / "README.md").symlink_to("/gone")
    before = content(folder)
    with pytest.raises(BadInputError) as refused:
        start(folder, adds=True)
    assert {Path(problem.file).name for problem in refused.value.problems} == {
        "inventories",
        "ansible.cfg",
        LINK,
        "README.md",
    }
    assert content(folder) == before


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "coast").write_text("")
    with pytest.raises(BadInputError, match="is not a folder"):
        start(tmp_path / "coast")


@pytest.mark.parametrize("name", ["My Site", "1st", "a" * 33, "a;b"])
def test_a_folder_whose_name_is_no_facility_s_needs_a_name(tmp_path, name):
    with pytest.raises(BadInputError, match="--name gives one"):
        start(tmp_path / name)
    assert not (tmp_path / name).exists()
    assert start(tmp_path / name, "coast").name == "coast"


def test_the_name_of_a_shipped_facility_is_refused(tmp_path):
    """They would share keys and journals."""
    with pytest.raises(BadInputError, match="shipped facility"):
        start(tmp_path / "rack")


def test_a_discovered_facility_keeps_its_name_and_text(tmp_path, described):
    started = start(tmp_path / "my-site", described=described())
    assert started.name == "coast"
    text = (tmp_path / "my-site/inventories/coast/facility.yaml").read_text()
    assert text.endswith(described().read_text())


def test_two_names_for_one_facility_are_refused(tmp_path, described):
    with pytest.raises(BadInputError, match="two names"):
        start(tmp_path / "site", "shore", described())


@pytest.mark.parametrize(
    "checks", ["{Nonsense: {x: null}}", "{MemoryBandwidth: {triad_bw: 3}}"], ids=["check", "value"]
)
def test_a_description_with_problems_starts_nothing(tmp_path, described, checks):
    with pytest.raises(BadInputError, match=r"discovered\.yaml"):
        start(tmp_path / "site", described=described(checks=checks))
    assert not (tmp_path / "site").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["discovered.yaml"]


def test_several_facilities_need_the_name_of_one(tmp_path):
    folder = tmp_path / "sites"
    start(folder, "coast")
    assert start(folder, "hills").created[0] == "inventories/hills/checks/scratch_space/check.py"
    with pytest.raises(BadInputError, match="--name with one of coast, hills"):
        start(folder)


def killed_while_starting(folder, monkeypatch, step, calls):
    """Start a repository in a process that is killed at the given call of one of its steps."""
    child = os.fork()
    if child == 0:
        original, count = getattr(init, step), 0

        def kill_at(*arguments, **options):
            nonlocal count
            count += 1
            if count == calls:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        monkeypatch.setattr(init, step, kill_at)
        try:
            start(folder, "coast")
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("exists", [False, True], ids=["new folder", "empty folder"])
@pytest.mark.parametrize(("step", "calls"), [("_write", 1), ("_check", 1), ("_place", 1)])
def test_after_a_kill_before_anything_is_there_the_next_one_starts_the_repository(
    tmp_path, monkeypatch, exists, step, calls
):
    folder = tmp_path / "site"
    if exists:
        folder.mkdir()
    killed_while_starting(folder, monkeypatch, step, calls)
    start(folder, "coast")
    start(tmp_path / "other/site", "coast")
    assert {path.relative_to(folder) for path in content(folder)} == {
        path.relative_to(tmp_path / "other/site") for path in content(tmp_path / "other/site")
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "site"]


@pytest.mark.parametrize("calls", [1, 2, 4])
def test_a_folder_that_a_killed_one_left_half_filled_is_completed(tmp_path, monkeypatch, calls):
    folder = tmp_path / "site"
    folder.mkdir()
    killed_while_starting(folder, monkeypatch, "_add", calls)
    start(folder, "coast")
    start(tmp_path / "other/site", "coast")
    assert {path.relative_to(folder) for path in content(folder)} == {
        path.relative_to(tmp_path / "other/site") for path in content(tmp_path / "other/site")
    }


def test_the_working_folder_of_a_run_that_goes_on_is_left_alone(tmp_path):
    with init._private_folder(tmp_path) as other:
        start(tmp_path / "site", "coast")
        assert other.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
