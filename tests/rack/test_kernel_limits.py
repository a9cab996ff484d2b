"""A limit is raised when it is too low, and put back."""

import pytest

from millwright.rack.journal import Journal
from millwright.rack.kernel_limits import instances_in_use, raise_limits, restore_limit


@pytest.fixture
def setting(tmp_path):
    path = tmp_path / "max_user_instances"
    path.write_text("128\n")
    return path


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal", "boot")


def test_a_low_limit_is_raised_and_put_back(setting, journal):
    raise_limits(6, journal, setting)
    assert int(setting.read_text()) == 224
    (entry,) = journal.entries()
    restore_limit(entry.name, lambda: 20)
    assert int(setting.read_text()) == 128


def test_a_limit_that_another_rack_needs_stays(setting, journal):
    raise_limits(6, journal, setting)
    (entry,) = journal.entries()
    restore_limit(entry.name, lambda: 100)
    assert int(setting.read_text()) == 224


def test_what_is_in_use_is_counted_over_all_programs(tmp_path):
    for number, target in enumerate(["anon_inode:inotify", "/dev/null", "anon_inode:inotify", "socket:[7]"]):
        folder = tmp_path / str(100 + number % 2) / "fd"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(number)).symlink_to(target)
    (tmp_path / "self").mkdir()
    assert instances_in_use(tmp_path) == 2


def test_a_limit_that_is_high_enough_is_left_alone(setting, journal):
    setting.write_text("8192\n")
    raise_limits(6, journal, setting)
    assert setting.read_text() == "8192\n"
    assert journal.entries() == ()
