"""The recipe of a partition's image: the request, the facility and this machine's settings put together."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass

from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.facility.model import Facility
from millwright.images.needs import choose_format
from millwright.images.recipe import (
    FORMATS,
    RELEASED_S,
    Format,
    ImageRecipe,
    architecture_of,
    release_of,
    stand_in,
)
from millwright.rack.apt_sources import PLAIN_URI, debian_archive, read_sources

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """The choices of a user; an empty text stands for the default."""

    partition: str
    release: str = ""
    """Release of Debian."""
    archive: str = ""
    """URL of a Debian archive, by default that of this machine's apt."""
    format: str = ""
    """One of :data:`FORMATS`."""
    with_kernel: bool = False


def plan_image(
    facility: Facility, request: ImageRequest, declared: str, environment: Mapping[str, str]
) -> ImageRecipe:
    """Everything that decides how the image comes out; ``declared`` is the digest of the declared state.

    Raises :exc:`BadInputError` for a partition, release, format, archive or ``SOURCE_DATE_EPOCH`` that no
    image can be built with.
    """
    kind = choose_format(_format(request.format))
    node = stand_in(facility, request.partition)
    release = release_of(facility, request.release)
    architecture = architecture_of(facility, request.partition, platform.machine())
    if request.archive and not PLAIN_URI.fullmatch(request.archive):
        text = "not a plain http(s) address without a user name"
        expected = "for example http://deb.debian.org/debian"
        raise BadInputError([Problem("--archive", request.archive, text, expected, code="MW2212")])
    return ImageRecipe(
        facility=facility.name,
        partition=request.partition,
        node=node,
        release=release,
        architecture=architecture,
        archive=request.archive.rstrip("/") or debian_archive(read_sources()),
        declared=declared,
        source_date_epoch=source_date_epoch(release, environment),
        format=kind,
        with_kernel=request.with_kernel,
        keeps_archive=facility.kind != "virtual",
    )


def source_date_epoch(release: str, environment: Mapping[str, str]) -> int:
    """Seconds since 1970: the caller's ``SOURCE_DATE_EPOCH``, else the day of the release."""
    given = environment.get(EPOCH_VARIABLE, "")
    if given and not given.isdecimal():
        raise BadInputError(
            [Problem(EPOCH_VARIABLE, given, "not a number", "seconds since 1970", code="MW2213")]
        )
    return int(given) if given else RELEASED_S[release]


def _format(given: str) -> Format | None:
    for each in FORMATS:
        if given == each:
            return each
    if given:
        expected = f"{' or '.join(FORMATS)}{did_you_mean(given, FORMATS)}"
        raise BadInputError([Problem("--format", given, "no such format", expected, code="MW2211")])
    return None
