"""A cluster as a facility, and a list of what nobody could know."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from millwright.catalogue.catalogue import load_catalogue
from millwright.discovery.accelerators import division, summary
from millwright.discovery.access_modes import access_modes
from millwright.discovery.classes import ARCHITECTURES, PART, FoundClass, find_classes
from millwright.discovery.cluster import Cluster
from millwright.discovery.node_sets import Remarks, expanded, folded
from millwright.discovery.processors import differences
from millwright.discovery.settings import controllers, minutes
from millwright.discovery.topology import switches


@dataclass(frozen=True, slots=True)
class DiscoveryHints:
    """What an admin knows although the cluster does not say it; empty texts stand for nothing."""

    login: str = ""
    harness: str = ""
    ssh_user: str = ""
    ssh_config: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """Keys of a facility in their order, and remarks by the dotted key that they belong to."""

    data: Mapping[str, object]
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def describe(cluster: Cluster, hints: DiscoveryHints) -> Description:
    """Say what is known and remark what is not; nothing is guessed, and the order is the cluster's."""
    unknown = Remarks()
    classes = find_classes(cluster.nodes)
    name = cluster.config["ClusterName"]
    data: dict[str, object] = {
        "plugin": "facility",
        "name": name,
        "title": f"Cluster {name}, as it described itself",
        **_kind(cluster, unknown),
        **_ssh(hints),
        "addresses": _addresses(cluster, hints, unknown),
        "services": _services(cluster, hints, unknown),
        "node_classes": {found.name: _node_class(found, cluster, unknown) for found in classes},
        "partitions": dict(_partitions(cluster, classes, unknown)),
        "switches": dict(switches(cluster.switches, {node.name for node in cluster.nodes}, unknown)),
        "access_modes": dict(access_modes(cluster.qos, unknown)),
        "manages": [],
    }
    unknown(
        "manages",
        "no role may change a host until it is named here: docs/how-to/adopt-an-existing-cluster.md",
    )
    _out_of_service(cluster, unknown)
    unknown("network", "network and domain of the hosts (cidr, domain); may be left out")
    _accounts(cluster, unknown)
    return Description(data, {key: tuple(texts) for key, texts in unknown.found.items()})


def _kind(cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    """``systemd-detect-virt`` says ``none`` on metal."""
    if not cluster.virtualisation:
        unknown("kind", "physical or virtual")
        return {}
    return {"kind": "physical" if cluster.virtualisation == "none" else "virtual"}


def _ssh(hints: DiscoveryHints) -> dict[str, object]:
    ssh = {"user": hints.ssh_user, "config": hints.ssh_config}
    given = {key: value for key, value in ssh.items() if value}
    return {"ssh": given} if given else {}


def _services(cluster: Cluster, hints: DiscoveryHints, unknown: Remarks) -> dict[str, object]:
    hosts = [host for host, _ in controllers(cluster.config)]
    found = {
        "controller": hosts[0] if hosts else "",
        "backup_controller": hosts[1] if len(hosts) > 1 else "",
        "database": cluster.config.get("AccountingStorageHost", "").split(".")[0],
        "login": hints.login,
        "harness": hints.harness,
    }
    found["database"] = _named(found["database"], found["controller"])
    if "jwt" in cluster.config.get("AuthAltTypes", ""):
        unknown("services.rest", "Slurm accepts tokens, so slurmrestd runs somewhere: name the host")
    for service in ("controller", "database", "login", "harness"):
        if not found[service]:
            unknown(f"services.{service}", "no answer names this host")
    return {service: host for service, host in found.items() if host}


def _named(host: str, controller: str) -> str:
    return controller if host == "localhost" else host


def _addresses(cluster: Cluster, hints: DiscoveryHints, unknown: Remarks) -> dict[str, object]:
    services = [host for host, _ in controllers(cluster.config)]
    database = _named(
        cluster.config.get("AccountingStorageHost", "").split(".")[0], services[0] if services else ""
    )
    wanted = dict.fromkeys(
        [*services, database, hints.login, hints.harness, *(node.name for node in cluster.nodes)]
    )
    found: dict[str, object] = {}
    for host in filter(None, wanted):
        if host in cluster.addresses:
            found[host] = cluster.addresses[host]
        else:
            unknown(f"addresses.{host}", "nobody could resolve it")
    return found


def _node_class(found: FoundClass, cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    key, node = f"node_classes.{found.name}", found.nodes[0]
    values: dict[str, object] = {}
    if found.architecture in ARCHITECTURES:
        values["architecture"] = found.architecture
    else:
        unknown(
            f"{key}.architecture",
            f"one of {', '.join(ARCHITECTURES)}; Slurm says {found.architecture or 'nothing'}",
        )
    counted = {
        "sockets": node.sockets,
        "cores_per_socket": node.cores_per_socket,
        "threads_per_core": node.threads_per_core,
        "memory_mib": node.memory_mib,
    }
    values |= {name: number for name, number in counted.items() if number > 0}
    for name in (name for name, number in counted.items() if number <= 0):
        unknown(f"{key}.{name}", "Slurm gives no number")
    for asked in (member for member in found.nodes if member.name == cluster.asked_host):
        for text in differences(asked, dict(cluster.processors)):
            unknown(key, f"Slurm and the host disagree: {text}")
    _devices_beside_slurm(found, cluster, unknown)
    if node.accelerators:
        values |= _accelerators(found, cluster, unknown)
    if found.emulated:
        values["emulated"] = True
    if found.other_features:
        unknown(key, f"features that Millwright does not set: {', '.join(found.other_features)}")
    return values


def _accelerators(found: FoundClass, cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    node, key = found.nodes[0], f"node_classes.{found.name}.accelerators"
    if PART.match(node.accelerator) and node.accelerator in load_catalogue().accelerators:
        return {"accelerators": {"part": node.accelerator, "count": node.accelerators}}
    slurm = f"Slurm calls them {node.accelerator!r}" if node.accelerator else "Slurm gives them no type"
    driver = f", the driver of {cluster.asked_host} has {summary(cluster.devices)}" if cluster.devices else ""
    unknown(
        key,
        f"{node.accelerators} a node, which key of inventories/catalogue/accelerators.yaml? {slurm}{driver}",
    )
    return {}


def _devices_beside_slurm(found: FoundClass, cluster: Cluster, unknown: Remarks) -> None:
    """What the driver of the asked host says and Slurm does not; other nodes of the class were not asked."""
    node = next((member for member in found.nodes if member.name == cluster.asked_host), None)
    if not node:
        return
    key, devices = f"node_classes.{found.name}", cluster.devices
    if devices and len(devices) != node.accelerators:
        text = f"nvidia-smi of {node.name} has {len(devices)} devices, Slurm {node.accelerators}"
        unknown(key, f"Slurm and the host disagree: {text}")
    if divided := division(devices):
        unknown(f"{key}.accelerators", f"{divided}: say in partitioning how each device is divided")


def _out_of_service(cluster: Cluster, unknown: Remarks) -> None:
    for group in cluster.out_of_service:
        reason = f" ({group.reason})" if group.reason else ""
        text = f"{folded(group.nodes)} was {'+'.join(group.states)}{reason}"
        unknown("partitions", f"{text}: nobody heard whether it is as Slurm's configuration says")


def _partitions(
    cluster: Cluster, classes: tuple[FoundClass, ...], unknown: Remarks
) -> Iterator[tuple[str, object]]:
    class_of = {node.name: found.name for found in classes for node in found.nodes}
    for partition in cluster.partitions:
        key = f"partitions.{partition.name}"
        nodes = tuple(node for node in expanded(partition.nodes) if node in class_of)
        values: dict[str, object] = {"nodes": folded(nodes)} if nodes else {}
        names = tuple(dict.fromkeys(class_of[node] for node in nodes))
        if len(names) == 1:
            values["node_class"] = names[0]
        else:
            unknown(
                f"{key}.node_class",
                f"nodes of {len(names)} classes ({', '.join(names) or 'no node'}): split it",
            )
        if partition.is_default:
            values["default"] = True
        limit = minutes(partition.max_time)
        if limit:
            values["max_time_min"] = limit
        else:
            unknown(
                f"{key}.max_time_min",
                f"Slurm's limit is {partition.max_time or 'not set'}; whole minutes are needed",
            )
        yield partition.name, values


def _accounts(cluster: Cluster, unknown: Remarks) -> None:
    accounts = dict.fromkeys(found.account for found in cluster.associations if found.account != "root")
    if accounts:
        text = f"slurmdbd has {len(accounts)} accounts, but does not say to whom hours were granted"
        unknown("accounts", f"{text}; accounts that a facility does not name are left alone")
