"""Storage, software and fabrics as groups and variables of Ansible."""

from collections.abc import Iterator, Mapping, Sequence

from millwright.catalogue.catalogue import load_catalogue
from millwright.facility.model import Facility, NodeClass
from millwright.facility.topics.fabric import Fabric
from millwright.facility.topics.storage import PROJECT_GROUP, FileSystem
from millwright.facility.unix_users import project_groups, users_of

Groups = Mapping[str, tuple[str, ...]]
SERVICE_GROUPS = (
    "controller",
    "backup_controller",
    "database",
    "backup_database",
    "rest",
    "login",
    "harness",
)
CLIENTS = {"nodes": ("scheduled",), "login": ("login",), "services": SERVICE_GROUPS}
"""Inventory groups behind each word of ``storage.<name>.mounted_by``."""


def software_groups(facility: Facility, known: Groups) -> dict[str, tuple[str, ...]]:
    """Groups by what runs on hosts, from the groups that are known already."""
    software, users = facility.software, _joined(known, ("scheduled", "login", "harness"))
    engines = software.containers.engines if software.containers else ()
    return {
        **_class_groups(facility, known),
        "rdma": _nodes_with_rdma(facility, known),
        "mpi": _joined(known, ("scheduled", "harness")),
        "modules": users if software.modules else (),
        "containers": known["scheduled"] if engines else (),
        **{f"containers_{engine}": known["scheduled"] for engine in engines},
        "eessi": _with_eessi(facility, known, users),
        "riscv": _joined(known, ("architecture_riscv64", "cross_riscv64"), known["managed"]),
        **_storage_groups(facility, known),
    }


def _with_eessi(facility: Facility, known: Groups, users: Sequence[str]) -> tuple[str, ...]:
    """EESSI builds for RISC-V in a repository of its own; hosts of RISC-V have nothing of the others."""
    if not facility.software.eessi:
        return ()
    has_riscv = any(name.startswith("riscv.") for name in facility.software.eessi.repositories)
    away = frozenset(() if has_riscv else known.get("architecture_riscv64", ()))
    return tuple(host for host in users if host not in away)


def class_group(node_class: str) -> str:
    """Name of the group of a node class.

    >>> class_group("gpu-h100")
    'class_gpu_h100'
    """
    return f"class_{node_class.replace('-', '_')}"


def _joined(known: Groups, names: Sequence[str], among: Sequence[str] | None = None) -> tuple[str, ...]:
    hosts = dict.fromkeys(host for name in names for host in known.get(name, ()))
    allowed = None if among is None else set(among)
    return tuple(host for host in hosts if allowed is None or host in allowed)


def _class_groups(facility: Facility, known: Groups) -> dict[str, tuple[str, ...]]:
    scheduled = set(known["scheduled"])
    groups: dict[str, list[str]] = {class_group(name): [] for name in facility.node_classes}
    for partition in facility.partitions.values():
        if partition.node_class:
            nodes = (node for node in partition.node_names() if node in scheduled)
            groups[class_group(partition.node_class)].extend(nodes)
    return {name: tuple(nodes) for name, nodes in groups.items()}


def _nodes_with_rdma(facility: Facility, known: Groups) -> tuple[str, ...]:
    classes = _class_groups(facility, known)
    return tuple(
        node
        for name, node_class in facility.node_classes.items()
        if node_class.fabric.has_rdma
        for node in classes[class_group(name)]
    )


def _storage_groups(facility: Facility, known: Groups) -> dict[str, tuple[str, ...]]:
    by_kind: dict[str, list[str]] = {kind: [] for kind in ("nfs", "lustre", "beegfs")}
    clients: list[str] = []
    for described in facility.storage.values():
        hosts = _joined(known, _groups_of(described), known["managed"])
        clients.extend(hosts)
        by_kind.get(described.kind, []).extend(hosts)
    servers = [fs.server for fs in facility.storage.values() if fs.kind == "nfs" and fs.server]
    return {
        "storage": tuple(dict.fromkeys([*clients, *servers])),
        "nfs_server": tuple(dict.fromkeys(servers)),
        "storage_quotas": tuple(
            dict.fromkeys(
                _maker(facility, described)
                for described in facility.storage.values()
                if described.kind != "lustre" and list(group_quotas(facility, described))
            )
        ),
        **{f"{kind}_client": tuple(dict.fromkeys(hosts)) for kind, hosts in by_kind.items()},
    }


def _groups_of(described: FileSystem) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group for word in described.mounted_by for group in CLIENTS[word]))


def software_variables(facility: Facility) -> dict[str, object]:
    """Variables of all hosts, in types that YAML and JSON know."""
    dumped = facility.software.model_dump(mode="json")
    return {
        "facility_storage": [_file_system(facility, *item) for item in facility.storage.items()],
        "facility_software": dumped,
        "facility_fabrics": [
            {"group": class_group(name), **_fabric(node_class.fabric), "vendor": _vendor(node_class)}
            for name, node_class in facility.node_classes.items()
        ],
    }


def _vendor(node_class: NodeClass) -> str:
    if node_class.accelerators is None:
        return ""
    part = load_catalogue().accelerators.get(node_class.accelerators.part)
    return part.vendor if part else ""


def _fabric(fabric: Fabric) -> dict[str, object]:
    dumped: dict[str, object] = fabric.model_dump(mode="json")
    return dumped


def shared_folders(facility: Facility, described: FileSystem) -> Iterator[dict[str, str]]:
    """Folders with their owners, the mounted one first; ids where Millwright gives them."""
    own = {"owner": described.owner, "group": described.group, "mode": described.mode}
    if any(own.values()):
        owners = {
            "owner": described.owner or "",
            "group": described.group or "",
            "mode": described.mode or "",
        }
        yield {"path": described.mount, **_by_ids(facility, owners)}
    for path, folder in described.folders.items():
        yield {"path": f"{described.mount}{path}", **_by_ids(facility, folder.model_dump())}
    if projects := described.project_folders:
        base = f"{described.mount}{projects.path or ''}"
        if projects.path:
            yield {"path": base, "owner": "root", "group": "root", "mode": "0755"}
        for group in project_groups(facility):
            name = group.name.removeprefix(PROJECT_GROUP)
            owners = {"owner": "root", "group": str(group.gid), "mode": projects.mode}
            yield {"path": f"{base}/{name}", **owners}


def _maker(facility: Facility, described: FileSystem) -> str:
    """The host that makes folders: who serves them, else the first that sees them."""
    if described.kind == "nfs" and described.server:
        return described.server
    services = facility.services.hosts() if facility.services else {}
    nodes = (n for p in facility.partitions.values() if p.scheduler == "slurm" for n in p.node_names())
    by_group = {**services, "scheduled": tuple(nodes)}
    groups = sorted(_groups_of(described), key=lambda group: group == "scheduled")
    return next((host for group in groups for host in by_group.get(group, ())), "")


def _by_ids(facility: Facility, owners: Mapping[str, str]) -> dict[str, str]:
    users = {user.name: str(user.uid) for user in users_of(facility)}
    groups = users | {group.name: str(group.gid) for group in project_groups(facility)}
    return {
        "owner": users.get(owners["owner"], owners["owner"]),
        "group": groups.get(owners["group"], owners["group"]),
        "mode": owners["mode"],
    }


def group_quotas(facility: Facility, described: FileSystem) -> Iterator[dict[str, int]]:
    """Limits of each account's group, in KiB and files; 0 for none."""
    projects = described.project_folders
    if projects is None or not projects.has_quota:
        return
    for group in project_groups(facility):
        kib = (projects.quota_gib or 0) * 1024 * 1024
        yield {"gid": group.gid, "space_kib": kib, "files": projects.quota_files or 0}


def _file_system(facility: Facility, name: str, described: FileSystem) -> dict[str, object]:
    addresses = facility.host_addresses()
    return {
        "name": name,
        **described.model_dump(mode="json", exclude={"mounted_by", "folders", "project_folders"}),
        "made_mode": described.made_mode,
        "folders": list(shared_folders(facility, described)),
        "quotas": list(group_quotas(facility, described)),
        "groups": list(_groups_of(described)),
        "maker": _maker(facility, described),
        "address": addresses.get(described.server) if described.server else None,
    }
