"""Parameters of slurm.conf that a facility passes on as they are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import StringConstraints

from millwright.core.frozen import Finding

SlurmWord = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$")]
"""A name in Slurm's own lists: a group, an account, a QOS, a feature."""
SlurmKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,63}$")]
SlurmValue = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_./~%+*-][A-Za-z0-9_.,:;=/@%+*~^()\[\]-]{0,999}$")
]
"""A value without blanks, quotes or anything that begins a comment."""
Settings = dict[SlurmKey, SlurmValue]


def find_setting_problems(key: str, settings: Mapping[str, str], own: Iterable[str]) -> Iterator[Finding]:
    """Parameters that have a key of their own, or would begin another line; Slurm ignores case in names."""
    taken = {name.lower(): name for name in (*own, "Include")}
    for name in settings:
        if name.lower() in taken:
            yield Finding("MW1530", f"{key}.{name}", "is described by a key of its own", "that key instead")


def settings_text(settings: Mapping[str, str]) -> str:
    """``Key=value`` parts of one line, in their order; empty if there are none."""
    return " ".join(f"{name}={value}" for name, value in settings.items())
