"""Software that users find: modules, containers, EESSI."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, StringConstraints

from millwright.core.frozen import Frozen
from millwright.facility.fields import HostPath, Url

Repository = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,100}\.[a-z]{2,}$")]
Engine = Literal["apptainer", "podman", "enroot"]


class Modules(Frozen):
    """Environment modules (Lmod)."""

    trees: Annotated[tuple[HostPath, ...], Field(min_length=1)]
    """Folders with modules on a file system that all hosts share; the first is searched first."""


class Containers(Frozen):
    """Container engines on the nodes; all run without root."""

    engines: Annotated[tuple[Engine, ...], Field(min_length=1)]
    """`enroot` comes with the Slurm plugin pyxis (`srun --container-image`)."""
    ids_per_user: PositiveInt = 65536
    """Ids of a user's own inside of containers."""


class Eessi(Frozen):
    """The European Environment for Scientific Software Installations, through CernVM-FS."""

    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)] = ("software.eessi.io",)
    proxies: tuple[Url, ...] = ()
    """The site's HTTP caches. EESSI asks sites with more than a few nodes to have at least one."""
    servers: tuple[Url, ...] = ()
    """Replicas of the site's own (Stratum 1), asked before the public ones: `http://replica/cvmfs/@fqrn@`."""
    key: HostPath | None = None
    """Public key of the domain, a file on the machine that provisions; else the client's own is used."""
    cache_mib: PositiveInt = 10_000
    """Space for what a node has fetched, in MiB."""


class Software(Frozen):
    """Software that users find on the hosts of the factory."""

    modules: Modules | None = None
    containers: Containers | None = None
    eessi: Eessi | None = None
