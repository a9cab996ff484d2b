"""Images that were built here."""

import json

import pytest

from millwright.core.errors import BadInputError
from millwright.images.build import BUILDING
from millwright.images.manifest import FILE
from millwright.images.stored import list_images, verify_image
from millwright.results.manifest import MANIFEST, sum_file, write_sums
from millwright.results.verification import SignatureCheck

SUMMARY = dict.fromkeys(
    ("name", "recipe", "packages", "files", "first_boot", "millwright", "operating_system"), ""
)


@pytest.fixture
def image(tmp_path):
    folder = tmp_path / "cpu-trixie-0123456789abcdef"
    folder.mkdir()
    (folder / FILE).write_text(json.dumps(SUMMARY))
    (folder / MANIFEST).write_text(write_sums({FILE: sum_file(folder / FILE)}))
    return folder


def check(_manifest, _signature):
    return SignatureCheck("good", "ada")


def test_only_complete_images_are_listed(image):
    building = image.with_name(f"{BUILDING}7")
    building.mkdir()
    (building / MANIFEST).touch()
    image.with_name("foreign").mkdir()
    assert list_images(image.parent) == (image,)
    assert list_images(image / "none") == ()


def test_a_change_is_told_in_the_words_of_an_image(image):
    assert verify_image(image, check).is_trustworthy
    (image / "rootfs.squashfs").write_text("planted")
    assert verify_image(image, check).describe() == ("rootfs.squashfs: added since the image was built",)


def test_a_folder_that_is_no_image_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="a folder that millwright image build made"):
        verify_image(tmp_path, check)
