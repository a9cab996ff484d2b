"""An image of the rack's own partition: built, verified, booted in place of a node, applied to and used."""

import json
import shutil
import subprocess
import sys

import pytest

from millwright.images.build import BUILDING
from millwright.rack.boot import NodeBoot
from millwright.rack.cgroups import cgroup_of, find_hierarchies
from millwright.rack.down import end_member, forget_machine
from millwright.rack.image import images_folder
from millwright.rack.mounts import MOUNTINFO, now_below
from millwright.rack.progress import Stoppable
from millwright.rack.recipe import Recipe
from millwright.rack.session import open_journal

pytestmark = [pytest.mark.rack, pytest.mark.rehearsal]

NODE = "rack-c2"


class Quiet:
    """Shows nothing."""

    def step(self, name, detail):
        pass

    def done(self, name, detail):
        pass


def millwright(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "millwright", *arguments], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return tmp_path_factory.mktemp("images")


@pytest.fixture(scope="module")
def build(provisioned_rack, images):
    """Builds the image of partition ``cpu`` from the rack's mirror; what it told."""

    def run():
        options = ("--output", str(images), "--archive", provisioned_rack.mirror_url, "--format", "tar.zst")
        done = millwright("image", "build", "rack", "cpu", *options, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def built(build):
    return build()


@pytest.fixture(scope="module")
def boot(provisioned_rack):
    """Boots the node anew from a root; it stands on the rack's own again at the end."""
    plan, journal = provisioned_rack, open_journal(provisioned_rack)
    hierarchies = find_hierarchies(MOUNTINFO.read_text())

    def run(root):
        end_member(cgroup_of(hierarchies, plan.name, NODE))
        forget_machine(NODE)
        NodeBoot(plan, hierarchies, journal, plan.node(NODE), Stoppable(Quiet())).run(root, Recipe())

    own = images_folder(plan.cache) / journal.names("image")[-1]
    yield lambda root=own: run(root)
    run(own)
    changes()


def changes():
    """How many things an apply of the node changes."""
    done = millwright("apply", "rack", "--limit", NODE, "--full", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return next(host["changed"] for host in json.loads(done.stdout)["hosts"] if host["host"] == NODE)


def test_it_is_built_once(built, build, images):
    assert built["built"] is True
    before = {path: path.stat().st_mtime_ns for path in images.rglob("*")}
    assert build()["built"] is False
    assert {path: path.stat().st_mtime_ns for path in images.rglob("*")} == before


def test_nothing_of_the_build_is_left(built, images):
    assert not list(images.glob(f"{BUILDING}*"))
    assert now_below(images) == []
    group = cgroup_of(find_hierarchies(MOUNTINFO.read_text()), "image-of-rack")
    assert not group.exists()


def test_it_has_the_packages_of_the_roles(built):
    assert {"slurmd", "munge", "chrony", "podman", "lmod", "prometheus-node-exporter"} <= set(
        built["packages"]
    )
    assert {"munge", "ssh_hosts"} <= {each["role"] for each in built["first_boot"]}


def test_it_is_verified_and_one_that_was_tampered_with_is_refused(built, tmp_path):
    assert millwright("image", "verify", built["folder"], "--require-signature").returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(built["folder"], copy)
    with (copy / "rootfs.tar.zst").open("r+b") as file:
        file.seek(1000)
        file.write(b"x")
    done = millwright("image", "verify", str(copy))
    assert done.returncode == 1
    assert "rootfs.tar.zst: changed since the image was built" in done.stdout


def test_a_node_that_boots_it_has_little_left_to_get_and_runs_a_job(built, boot, on, tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    subprocess.run(["tar", "-xf", f"{built['folder']}/rootfs.tar.zst", "-C", str(root)], check=True)
    boot()
    bare = changes()
    boot(root)
    prepared = changes()
    print(f"changes on a bare node {bare}, on one from the image {prepared}")
    assert prepared * 3 <= bare
    assert changes() == 0
    job = f"runuser -u mwbench -- srun --chdir=/tmp --immediate=60 --time=1 --nodelist={NODE} hostname"
    on("rack-ctl", f"scontrol update nodename={NODE} state=resume || true")
    assert on("rack-login", job) == NODE
