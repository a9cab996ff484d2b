"""What is told of an image, and what is no image."""

from dataclasses import replace

import pytest

from millwright.core.errors import BadInputError
from millwright.images.first_boot import left_for
from millwright.images.manifest import (
    Manifest,
    describe_files,
    parse_packages,
    read_summary,
    write_manifest,
)


@pytest.fixture
def manifest(recipe, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/rootfs.squashfs").write_text("root")
    return Manifest(
        name="cpu-trixie-0",
        recipe=recipe,
        millwright="0.1.0 0123abc",
        operating_system="Debian GNU/Linux 13 (trixie)",
        packages={"munge": "0.5.16-1"},
        files=describe_files(tmp_path / "out"),
        first_boot=left_for({"managed"}),
        files_of_a_node=("etc/millwright/node-health.json",),
        kernel={},
    )


def test_the_manifest(manifest, golden):
    golden("manifest.json", write_manifest(manifest))


def test_a_folder_says_what_it_is(manifest, tmp_path):
    (tmp_path / "manifest.json").write_text(write_manifest(manifest))
    assert read_summary(tmp_path)["packages"] == {"munge": "0.5.16-1"}


@pytest.mark.parametrize("text", [None, "", "[]", "{}"])
def test_any_other_folder_is_refused(tmp_path, text):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(BadInputError, match="a folder that millwright image build made"):
        read_summary(tmp_path)


def test_packages_are_sorted():
    assert list(parse_packages("b\t2\na\t1:1+b\n")) == ["a", "b"]


def test_the_manifest_tells_the_recipe_of_its_digest(manifest, recipe):
    assert '"with_kernel": true' in write_manifest(
        replace(manifest, recipe=replace(recipe, with_kernel=True))
    )
