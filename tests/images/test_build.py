"""An image is whole or not there: built once, by one at a time, and a build that failed leaves nothing."""

import datetime
from pathlib import Path

import pytest

from millwright.adapters.here.facility_lock import only_one
from millwright.core.errors import FailedError, NotTestableError
from millwright.facility import load_facility
from millwright.images import build as module
from millwright.images.build import BUILDING, LOCK, BuildContext, build
from millwright.rack.cgroups import Cgroup
from millwright.results.manifest import MANIFEST
from millwright.results.verification import verify_run

FILE = Path(__file__).resolve().parents[2] / "inventories/rack/facility.yaml"
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)


class Quiet:
    def step(self, name, detail):
        pass

    def done(self, name, detail):
        pass


@pytest.fixture
def around(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_group", lambda _facility: Cgroup(()))
    return BuildContext(
        file=FILE,
        facility=load_facility(FILE),
        state=tmp_path / "state",
        images=tmp_path / "images",
        proxy=None,
        now=NOW,
        sign=lambda _path: None,
        progress=Quiet(),
        on_event=lambda _event: None,
    )


def fill(_recipe, _around, folder, _group, _lock):
    (folder / "out/rootfs.squashfs").write_text("root")
    sum_ = module.sum_file(folder / "out/rootfs.squashfs")
    (folder / "out" / MANIFEST).write_text(module.write_sums({"rootfs.squashfs": sum_}))


def left(images):
    return sorted(path.name for path in images.iterdir())


def test_an_image_is_built_once(recipe, around, monkeypatch):
    monkeypatch.setattr(module, "_fill", fill)
    place, is_new = build(recipe, around)
    assert is_new
    assert verify_run(place).is_intact
    monkeypatch.setattr(module, "_fill", None)
    assert build(recipe, around) == (place, False)
    assert left(around.images) == [recipe.name]


@pytest.mark.parametrize(
    "error", [FailedError("no", code="MW9001"), OSError(28, "No space left on device"), KeyboardInterrupt]
)
def test_nothing_is_left_of_a_build_that_failed(recipe, around, monkeypatch, error):
    def fail(*arguments):
        fill(*arguments)
        raise error

    monkeypatch.setattr(module, "_fill", fail)
    with pytest.raises(error if isinstance(error, type) else type(error)):
        build(recipe, around)
    assert left(around.images) == []


def test_what_a_killed_build_left_is_removed_by_the_next(recipe, around, monkeypatch):
    leftover = around.images / f"{BUILDING}1/tree/etc"
    leftover.mkdir(parents=True)
    monkeypatch.setattr(module, "_fill", fill)
    build(recipe, around)
    assert left(around.images) == [recipe.name]


def test_a_second_build_at_once_is_refused_with_who_builds(recipe, around):
    with (
        only_one(around.state, "the image of rack", NOW, LOCK),
        pytest.raises(NotTestableError, match=r"process [0-9]+"),
    ):
        build(recipe, around)
    assert not around.images.exists()
