"""The recipe of an image: the request, the facility and this machine put together."""

import pytest

from millwright.core.errors import BadInputError
from millwright.core.places import shipped_facilities
from millwright.facility import load_facility
from millwright.images.planning import ImageRequest, plan_image, source_date_epoch
from millwright.images.recipe import RELEASED_S

DIGEST = "0" * 64


@pytest.fixture(scope="module")
def facility():
    return load_facility(shipped_facilities()["rack"])


def test_a_request_overrides_the_defaults(facility):
    wishes = ImageRequest("cpu", "bookworm", "http://mirror.example/debian/", "tar.zst", with_kernel=True)
    recipe = plan_image(facility, wishes, DIGEST, {"SOURCE_DATE_EPOCH": "12"})
    assert (recipe.release, recipe.format, recipe.with_kernel) == ("bookworm", "tar.zst", True)
    assert (recipe.archive, recipe.declared) == ("http://mirror.example/debian", DIGEST)
    assert recipe.source_date_epoch == 12


def test_the_epoch_is_that_of_the_release_unless_the_caller_sets_it():
    assert source_date_epoch("trixie", {}) == RELEASED_S["trixie"]
    assert source_date_epoch("trixie", {"SOURCE_DATE_EPOCH": ""}) == RELEASED_S["trixie"]
    with pytest.raises(BadInputError, match="seconds since 1970"):
        source_date_epoch("trixie", {"SOURCE_DATE_EPOCH": "yesterday"})


@pytest.mark.parametrize(
    ("wishes", "problem"),
    [
        (ImageRequest("cpu", format="zip"), "squashfs or tar.zst"),
        (ImageRequest("cpu", archive="http://ada:secret@mirror/debian"), "without a user name"),
        (ImageRequest("gpu"), "no such partition of Slurm"),
    ],
)
def test_bad_wishes_are_refused(facility, wishes, problem):
    with pytest.raises(BadInputError, match=problem):
        plan_image(facility, wishes, DIGEST, {})
