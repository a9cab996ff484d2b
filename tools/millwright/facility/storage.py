"""Shared file systems: who serves them and where they are mounted."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from millwright.facility.frozen import Frozen
from millwright.facility.names import HostName, Name
from millwright.facility.paths import HostPath

MountOption = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_=.:/@-]{0,99}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:@,/_-]{0,254}$")]


class FileSystem(Frozen):
    """One file system that hosts share."""

    kind: Literal["bind", "nfs", "lustre", "beegfs"]
    """`bind` shows a folder that is shared already under another name."""
    source: HostPath
    """The folder that is served or bound; of Lustre the file system's name with a slash (`/scratch`)."""
    mount: HostPath
    """Where hosts see it."""
    server: HostName | None = None
    """NFS: the host of this facility that serves it. BeeGFS: the host of its management service."""
    target: Target | None = None
    """Lustre: its management servers (`10.1.0.1@o2ib:10.1.0.2@o2ib`). NFS: an appliance elsewhere."""
    options: tuple[MountOption, ...] = ()
    """Mount options beside those that Millwright gives."""
    mounted_by: Annotated[tuple[Literal["nodes", "login", "services"], ...], Field(min_length=1)] = (
        "nodes",
        "login",
    )
    """Which hosts see it; `services` are all hosts with a service, the login node among them."""


Storage = dict[Name, FileSystem]
"""Shared file systems by name."""
