"""Where cgroups are made on each kind of host."""

import threading
from pathlib import Path

import pytest

from millwright.rack.cgroups import cgroup_of, find_hierarchies

V2 = "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"
HYBRID = """\
41 22 0:36 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
42 41 0:37 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
50 41 0:45 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
51 41 0:46 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V1 = "\n".join(line for line in HYBRID.splitlines() if "cgroup2" not in line)


def test_a_host_with_version_2_has_one_folder():
    found = find_hierarchies(V2)
    assert found.roots == (Path("/sys/fs/cgroup"),)
    assert found.unified


def test_a_hybrid_host_has_two_and_guests_must_be_told():
    found = find_hierarchies(HYBRID)
    assert found.roots == (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd"))
    assert not found.unified


@pytest.mark.parametrize("mountinfo", ["", V1, "rubbish\n- - -\n", "1 2 3 - cgroup2"])
def test_without_version_2_there_is_none(mountinfo):
    assert find_hierarchies(mountinfo) is None


@pytest.fixture
def group(tmp_path):
    return cgroup_of(find_hierarchies(V2.replace("/sys/fs/cgroup", str(tmp_path))), "rack", "rack-c1")


def test_a_cgroup_counts_processes_below_it_too(group):
    group.make()
    (group.folders[0] / "payload").mkdir()
    (group.folders[0] / "cgroup.procs").write_text("12\n")
    (group.folders[0] / "payload" / "cgroup.procs").write_text("13\n0\n")
    assert group.pids() == {12, 13}


def test_a_cgroup_is_removed_with_those_in_it_and_again_without_harm(group):
    group.make()
    (group.folders[0] / "payload" / "system.slice").mkdir(parents=True)
    assert group.exists()
    group.remove()
    group.remove()
    assert not group.exists()


def test_the_members_of_a_rack_are_its_folders(tmp_path, group):
    group.make()
    whole = cgroup_of(find_hierarchies(V2.replace("/sys/fs/cgroup", str(tmp_path))), "rack")
    assert whole.members() == ("rack-c1",)
    group.remove()
    whole.remove()
    assert whole.members() == ()


def test_groups_that_end_while_they_are_read_are_no_error(group):
    group.make()
    stop = threading.Event()

    def come_and_go():
        while not stop.is_set():
            (group.folders[0] / "payload" / "a.service").mkdir(parents=True, exist_ok=True)
            for path in (group.folders[0] / "payload" / "a.service", group.folders[0] / "payload"):
                path.rmdir()

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(3000):
            assert group.pids() == frozenset()
    finally:
        stop.set()
        thread.join()
