"""The archive of the product: equal sources give an equal archive."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from millwright.adapters.here.product_archive import build_archive, write_archive

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tree(tmp_path):
    files = {
        "inventories/catalogue/accelerators.yaml": "parts",
        "inventories/facility.schema.json": "{}",
        "inventories/rack/facility.yaml": "rack",
        "inventories/rack/group_vars/all.yml": "secret",
        "inventories/other/facility.yaml": "other",
        "pyproject.toml": "[project]",
        "reframe_checks/settings.py": "settings",
        "requirements.lock": "lock",
        "tools/millwright/core/errors.py": "errors",
        "tools/millwright/__pycache__/errors.cpython-313.pyc": "cache",
        "tools/setup/venv.sh": "setup",
        "tests/test_docs.py": "tests",
    }
    for name, text in files.items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "checkout"


def members(content):
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {member.name: member for member in archive}


def build(tree):
    return build_archive(tree, tree / "inventories/rack/facility.yaml", "rack")


def test_only_what_measures_goes_and_only_the_measured_facility(tree):
    assert set(members(build(tree))) == {
        "inventories/catalogue/accelerators.yaml",
        "inventories/facility.schema.json",
        "inventories/rack/facility.yaml",
        "pyproject.toml",
        "reframe_checks/settings.py",
        "requirements.lock",
        "tools/millwright/core/errors.py",
    }


def test_dates_owners_and_caches_make_no_difference(tree):
    before = build(tree)
    for path in tree.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    (tree / "tools/millwright/__pycache__/more.cpython-313.pyc").write_text("more")
    assert build(tree) == before


def test_contents_and_executable_bits_make_a_difference(tree):
    seen = {build(tree)}
    (tree / "reframe_checks/settings.py").write_text("other settings")
    seen.add(build(tree))
    (tree / "reframe_checks/settings.py").chmod(0o755)
    seen.add(build(tree))
    assert len(seen) == 3


def test_a_facility_from_elsewhere_takes_its_place_under_its_name(tree, tmp_path):
    elsewhere = tmp_path / "site.yaml"
    elsewhere.write_text("a site of its own")
    content = build_archive(tree, elsewhere, "site")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert archive.extractfile("inventories/site/facility.yaml").read() == b"a site of its own"


def test_members_belong_to_root_and_have_one_date(tree):
    for member in members(build(tree)).values():
        assert (member.uid, member.gid, member.mtime) == (0, 0, 315_619_200)


def test_a_newer_archive_replaces_the_older_one(tree, tmp_path):
    folder = tmp_path / "product"
    facility = tree / "inventories/rack/facility.yaml"
    first = write_archive(tree, facility, "rack", folder)
    assert write_archive(tree, facility, "rack", folder) == first
    (tree / "pyproject.toml").write_text("[changed]")
    second = write_archive(tree, facility, "rack", folder)
    assert second["digest"] != first["digest"]
    assert [str(path) for path in folder.iterdir()] == [second["path"]]


def test_the_real_product_can_be_imported_from_its_archive(tmp_path):
    facility = ROOT / "inventories/rack/facility.yaml"
    command = [
        sys.executable,
        "-m",
        "millwright.adapters.here.product_archive",
        ROOT,
        facility,
        "rack",
        tmp_path,
    ]
    told = json.loads(subprocess.run([*map(str, command)], check=True, capture_output=True).stdout)
    with tarfile.open(told["path"]) as archive:
        archive.extractall(tmp_path / "src", filter="data")
    script = (
        "from millwright.facility import load_facility\n"
        "from millwright.core.places import facility_file\n"
        "print(load_facility(facility_file('rack')).name, facility_file('rack'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(tmp_path / "src/tools"), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["rack", str(tmp_path / "src/inventories/rack/facility.yaml")]
