"""Shared file systems: who serves them and where they are mounted."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt, StringConstraints

from millwright.core.frozen import Finding, Frozen
from millwright.core.node_sets import expand
from millwright.facility.fields import HostName, HostPath, Name, UserName

if TYPE_CHECKING:
    from millwright.facility.model import Facility


MountOption = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_=.:/@-]{0,99}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:@,/_-]{0,254}$")]


Mode = Annotated[str, StringConstraints(pattern=r"^[0-7]{3,4}$")]
"""Who may do what, in octal: `"1777"`."""
GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,30}$")]
PROJECT_GROUP = "p_"
"""How the Unix group of an account begins: `p_coast` for `coast`."""
MOST_LETTERS = 31
"""Letters of a group's name that every system takes."""
HOMES = "/shared/home"
"""Where homes are unless a site says otherwise (role ``users``); the record of jobs may be beside it."""
USERS_MAY_WRITE, ONLY_OWNERS_WRITE = "1777", "0755"


class Owned(Frozen):
    """A folder with an owner."""

    owner: UserName = "root"
    group: GroupName = "root"
    mode: Mode = ONLY_OWNERS_WRITE


class ProjectFolders(Frozen):
    """A folder for each account, which its users share through a group (`p_coast` for `coast`)."""

    path: HostPath | None = None
    """Folder below the mount point that holds them; the file system itself if left out."""
    mode: Mode = "2770"
    quota_gib: PositiveInt | None = None
    """Space that the group may use on this file system, in GiB."""
    quota_files: PositiveInt | None = None
    """Files that the group may have on this file system."""

    @property
    def has_quota(self) -> bool:
        """Whether anything is limited."""
        return self.quota_gib is not None or self.quota_files is not None


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
    owner: UserName | None = None
    """Owner of the mounted folder; whoever it is if left out."""
    group: GroupName | None = None
    mode: Mode | None = None
    """Mode of the mounted folder. Left out, an existing one keeps its own, and one that Millwright makes lets
    every user write (`1777`), unless homes are there."""
    folders: dict[HostPath, Owned] = {}
    """Folders below the mount point, by their path from there."""
    project_folders: ProjectFolders | None = None

    @property
    def made_mode(self) -> str:
        """Mode of the folder if Millwright makes it: a job that writes to a scratch must not die."""
        has_homes = "home" in self.mount or PurePosixPath(HOMES).is_relative_to(self.mount)
        return self.mode or (ONLY_OWNERS_WRITE if has_homes or "ro" in self.options else USERS_MAY_WRITE)


Storage = dict[Name, FileSystem]
"""Shared file systems by name."""


def find_storage_problems(facility: "Facility") -> Iterator[Finding]:
    """Each file system has what its kind needs, and no two share a place."""
    known = {host for hosts in facility.addresses for host in expand(hosts)}
    places: dict[str, str] = {}
    yield from _project_groups(facility)
    for name, described in facility.storage.items():
        yield from _of_its_kind(f"storage.{name}", described)
        if described.server is not None and described.server not in known:
            key = f"storage.{name}.server"
            yield Finding("MW1107", key, f"{described.server} has no address", "a host under addresses")
        yield from _quotas(f"storage.{name}.project_folders", described)
        if described.mount in places:
            problem = f"{places[described.mount]} is mounted at {described.mount} too"
            yield Finding("MW1406", f"storage.{name}.mount", problem, "each mount point once")
        places.setdefault(described.mount, name)


def _project_groups(facility: "Facility") -> Iterator[Finding]:
    if not any(described.project_folders for described in facility.storage.values()):
        return
    for account in project_accounts(facility):
        if len(PROJECT_GROUP + account) > MOST_LETTERS:
            problem = f"{PROJECT_GROUP}{account} is too long for a Unix group"
            expected = (
                f"accounts of at most {MOST_LETTERS - len(PROJECT_GROUP)} letters, or no project folders"
            )
            yield Finding("MW1022", "storage", problem, expected)


def project_accounts(facility: "Facility") -> dict[str, tuple[str, ...]]:
    """Accounts of antennas' users, and of grants, with the users who may charge them."""
    found: dict[str, list[str]] = {name: [] for name in facility.accounts}
    for antenna in facility.antennas.values():
        for user in antenna.users:
            found.setdefault(user.account, []).append(user.name)
    return {account: tuple(dict.fromkeys(users)) for account, users in sorted(found.items())}


def _quotas(key: str, described: FileSystem) -> Iterator[Finding]:
    projects = described.project_folders
    if projects is None or not projects.has_quota:
        return
    if described.kind == "beegfs" or (described.kind == "nfs" and described.target):
        problem = f"quotas of {described.kind} are not set from a client"
        expected = "the quota at the file system's own servers, and none here"
        yield Finding("MW1023", f"{key}.quota_gib", problem, expected)


def _of_its_kind(key: str, described: FileSystem) -> Iterator[Finding]:
    server, target = described.server is not None, described.target is not None
    if described.kind == "nfs" and server == target:
        yield Finding(
            "MW1401",
            f"{key}.server",
            "an NFS file system needs exactly one server",
            "either server or target",
        )
    if described.kind == "lustre" and (server or not target):
        yield Finding(
            "MW1402",
            f"{key}.target",
            "Lustre is mounted from its management servers",
            "target, and no server",
        )
    if described.kind == "beegfs" and (target or not server):
        yield Finding(
            "MW1403",
            f"{key}.server",
            "BeeGFS is mounted through its management service",
            "server, and no target",
        )
    if described.kind == "bind" and (server or target):
        yield Finding("MW1404", f"{key}.kind", "a bind mount has no server", "neither server nor target")
    if described.kind == "bind" and _is_within(described.mount, described.source):
        yield Finding(
            "MW1405", f"{key}.mount", f"{described.mount} is inside its own source", "a path outside it"
        )


def _is_within(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
