"""Images built, listed and verified, without building one."""

import json

import pytest

from millwright.app.context import Context
from millwright.app.site import image as module
from millwright.app.site.image import BuildRequest, build_image, list_built_images, verify_built_image
from millwright.images.manifest import FILE
from millwright.results.manifest import MANIFEST, sum_file, write_sums

SUMMARY = {
    "name": "cpu-trixie-0123456789abcdef",
    "recipe": {"release": "trixie"},
    "packages": {"kmod": "34"},
    "files": [{"name": "rootfs.squashfs", "bytes": 1, "sha256": "0" * 64}],
    "first_boot": [{"role": "munge", "group": "nodes", "what": "key"}],
    "millwright": "0.1.0",
    "operating_system": "Debian GNU/Linux 13 (trixie)",
}


@pytest.fixture
def image(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "images" / SUMMARY["name"]
    folder.mkdir(parents=True)
    (folder / FILE).write_text(json.dumps(SUMMARY))
    (folder / MANIFEST).write_text(write_sums({FILE: sum_file(folder / FILE)}))
    return folder


def test_a_build_is_given_this_machines_settings_and_described_by_its_manifest(image, monkeypatch):
    given = []

    def build(recipe, around):
        given.extend((recipe, around))
        return image, True

    monkeypatch.setattr(module, "build", build)
    monkeypatch.setattr(module, "find_missing", lambda *_: ())
    monkeypatch.setattr(module, "own_signing_key", lambda: image / "key")
    monkeypatch.setattr(module, "proxy_here", lambda *_: "http://proxy.example:8080")
    request = BuildRequest("rack", "cpu", image.parent, release="bookworm", with_kernel=True)
    found = build_image(Context(), request)
    recipe, around = given
    assert (recipe.partition, recipe.release, recipe.with_kernel) == ("cpu", "bookworm", True)
    assert (around.images, around.proxy) == (image.parent, "http://proxy.example:8080")
    assert (found.built, found.folder, found.packages) == (True, str(image), {"kmod": "34"})


def test_images_are_listed_with_their_systems(image):
    (found,) = list_built_images("rack", image.parent).images
    assert (found.folder, found.operating_system) == (str(image), SUMMARY["operating_system"])


def test_a_change_or_a_missing_signature_fails(image):
    assert verify_built_image(image).ok
    assert verify_built_image(image, require_signature=True).exit_code == 1
    (image / "rootfs.squashfs").write_text("planted")
    found = verify_built_image(image)
    assert (found.ok, found.differences) == (False, ("rootfs.squashfs: added since the image was built",))
