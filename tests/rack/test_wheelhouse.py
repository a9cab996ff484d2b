"""The lock, reduced to what the harness needs on the node's Python."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from millwright.core.errors import FailedError
from millwright.core.places import product_root
from millwright.rack import wheelhouse
from millwright.rack.wheelhouse import (
    ROOTS,
    harness_lock,
    make_wheelhouse,
    marker_environment,
    parse_lock,
    reduce_lock,
    remove_old_wheelhouses,
    wheelhouse_folder,
)

ROOT = product_root()
SMALL = (Path(__file__).parent / "data" / "requirements.lock").read_text()
PYTHON = "3.13"
ENVIRONMENT = marker_environment(PYTHON, "x86_64")


@pytest.fixture(scope="module")
def shipped():
    return parse_lock((product_root() / "requirements.lock").read_text())


def test_a_lock_becomes_what_the_harness_needs(golden):
    golden("harness.lock", harness_lock(SMALL, "x86_64", PYTHON))


def test_every_package_of_the_shipped_lock_is_read(shipped):
    text = (product_root() / "requirements.lock").read_text()
    assert len(shipped) == sum("==" in line and not line.startswith((" ", "#")) for line in text.splitlines())
    assert all(package.hashes for package in shipped)
    known = {package.name for package in shipped}
    assert {parent for package in shipped for parent in package.wanted_by} <= known


def test_the_shipped_lock_holds_every_root_once_for_the_node(shipped):
    names = [package.name for package in reduce_lock(shipped, ROOTS, ENVIRONMENT)]
    assert set(ROOTS) <= set(names)
    assert len(names) == len(set(names))
    assert "polars" in names
    assert not {"ansible-core", "pyinfra", "ruff", "mypy", "pandas"} & set(names)


def test_another_lock_has_another_folder(tmp_path):
    one = wheelhouse_folder(SMALL, tmp_path, "x86_64", PYTHON)
    assert one != wheelhouse_folder(SMALL.replace("4.10.4", "4.10.5"), tmp_path, "x86_64", PYTHON)
    assert one != wheelhouse_folder(SMALL, tmp_path, "aarch64", PYTHON)
    assert one == wheelhouse_folder(SMALL.replace("2.3.0", "2.4.0"), tmp_path, "x86_64", PYTHON), (
        "pandas is not needed"
    )


def test_wheels_are_fetched_once_and_whole(tmp_path, monkeypatch):
    calls = []

    def fetch(argv, say):
        calls.append(argv)
        folder = next(Path(a.removeprefix("--dest=")) for a in argv if a.startswith("--dest="))
        (folder / "a.whl").touch()

    monkeypatch.setattr(wheelhouse, "follow", fetch)
    first = make_wheelhouse(SMALL, tmp_path, "x86_64", PYTHON, print)
    assert make_wheelhouse(SMALL, tmp_path, "x86_64", PYTHON, print) == first
    assert len(calls) == 1
    assert {path.name for path in first.iterdir()} == {"a.whl", "harness.lock"}


def test_a_download_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    def fetch(argv, say):
        folder = next(Path(a.removeprefix("--dest=")) for a in argv if a.startswith("--dest="))
        (folder / "half.whl").touch()
        raise FailedError("no network", code="MW9001")

    monkeypatch.setattr(wheelhouse, "follow", fetch)
    with pytest.raises(FailedError, match="no network"):
        make_wheelhouse(SMALL, tmp_path, "x86_64", PYTHON, print)
    assert [path.name for path in (tmp_path / "wheels").iterdir()] == ["lock"]


def test_old_wheels_go_unless_a_rack_serves_them(tmp_path):
    for name in ("new", "old", "served"):
        (tmp_path / "wheels" / name).mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "wheels" / "served")
    remove_old_wheelhouses(tmp_path / "wheels" / "new", [link])
    assert {path.name for path in (tmp_path / "wheels").iterdir()} == {"new", "served"}


IMPORTED_BY_CHECKS = """
import importlib.metadata, json, sys
import reframe_checks.plugin
from reframe_checks.plugin import parse_probe
parse_probe('{"metric": "x"}\\n' * 3, {})
found = importlib.metadata.packages_distributions()
names = {name for module in sys.modules for name in found.get(module.split(".")[0], ())}
print(json.dumps(sorted(name.lower() for name in names)))
"""


def test_the_harness_gets_every_package_that_checks_import():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED_BY_CHECKS],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lock = harness_lock((ROOT / "requirements.lock").read_text(), "x86_64", "3.11")
    locked = {line.split("==")[0].strip() for line in lock.splitlines() if "==" in line}
    imported = {name.replace("_", "-") for name in json.loads(done.stdout)}
    assert imported - locked <= {"millwright", "setuptools", "pip"}
    assert "numpy" in imported
