"""Parameters of slurm.conf that a facility passes on as they are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from millwright.core.frozen import Finding, Frozen

if TYPE_CHECKING:
    from millwright.facility.model import Facility

WORD = r"^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$"
SlurmWord = Annotated[str, StringConstraints(pattern=WORD)]
"""A name in Slurm's own lists: a group, an account, a QOS, a feature."""
KEY = r"^[A-Za-z][A-Za-z0-9]{0,63}$"
VALUE = r"^[A-Za-z0-9_./~%+*-][A-Za-z0-9_.,:;=/@%+*~^()\[\]-]{0,999}$"
SlurmKey = Annotated[str, StringConstraints(pattern=KEY)]
SlurmValue = Annotated[str, StringConstraints(pattern=VALUE)]
"""A value without blanks, quotes or anything that begins a comment."""
LICENSE = r"^[A-Za-z][A-Za-z0-9_.-]{0,63}(@[A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$"
LicenseName = Annotated[str, StringConstraints(pattern=LICENSE)]
"""A licence, and its server if several have one of the same name."""
Settings = dict[SlurmKey, SlurmValue]


class SlurmOptions(Frozen):
    """What a site's Slurm has beside what the facility describes."""

    settings: dict[SlurmKey, SlurmValue | None] = {}
    """Lines of slurm.conf in the place of those that Millwright writes; null takes a line out."""
    licenses: dict[LicenseName, Annotated[int, Field(ge=1, le=2**31 - 2)]] = {}
    """Licences that jobs ask for, which Slurm counts itself."""


def licenses_text(licenses: Mapping[str, int]) -> str:
    """`Licenses` of slurm.conf; empty if there are none.

    >>> licenses_text({"matlab": 10, "ansys@flex1": 4})
    'matlab:10,ansys@flex1:4'
    """
    return ",".join(f"{name}:{count}" for name, count in licenses.items())


CLUSTER_KEYS = ("ClusterName", "SlurmctldHost", "NodeName", "PartitionName", "TopologyPlugin", "Licenses")
"""Settings that the facility describes by keys of its own."""


def find_slurm_problems(facility: "Facility") -> Iterator[Finding]:
    """Settings that are said in another place."""
    yield from find_setting_problems("slurm.settings", facility.slurm.settings, CLUSTER_KEYS)


def find_setting_problems(
    key: str, settings: Mapping[str, str | None], own: Iterable[str]
) -> Iterator[Finding]:
    """Parameters that have a key of their own, or would begin another line; Slurm ignores case in names."""
    taken = {name.lower(): name for name in (*own, "Include")}
    for name in settings:
        if name.lower() in taken:
            yield Finding("MW1530", f"{key}.{name}", "is described by a key of its own", "that key instead")


def settings_text(settings: Mapping[str, str]) -> str:
    """``Key=value`` parts of one line, in their order; empty if there are none."""
    return " ".join(f"{name}={value}" for name, value in settings.items())
