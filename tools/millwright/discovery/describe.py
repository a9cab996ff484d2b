"""A cluster as a facility, and a list of what nobody could know."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from millwright.catalogue.catalogue import load_catalogue
from millwright.discovery.accelerators import division, summary
from millwright.discovery.access_modes import access_modes
from millwright.discovery.addresses import is_address
from millwright.discovery.classes import ARCHITECTURES, PART, FoundClass, find_classes
from millwright.discovery.cluster import Cluster
from millwright.discovery.config_settings import config_settings
from millwright.discovery.node_sets import Remarks, expanded, folded
from millwright.discovery.processors import differences
from millwright.discovery.queues import describe_partitions
from millwright.discovery.remarks import remark_lines, remark_nodes, remark_states
from millwright.discovery.settings import controllers
from millwright.discovery.topology import blocks, switches
from millwright.facility.topics.slurm_settings import LICENSE, WORD

IP = re.compile(r"^[0-9.]+$|:")
RACK = "systemd-nspawn"
"""How the hosts of a rack are made; no site's login host is one of these."""


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
        **describe_partitions(cluster, classes, unknown),
        **_slurm(cluster, unknown),
        **_topology(cluster, unknown),
        **_access_modes(cluster, unknown),
        "manages": [],
    }
    unknown(
        "manages",
        "no role may change a host until it is named here: docs/how-to/adopt-an-existing-cluster.md",
    )
    _out_of_service(cluster, unknown)
    remark_nodes(classes, unknown)
    remark_lines(cluster, unknown)
    unknown("network", "network and domain of the hosts (cidr, domain); may be left out")
    _accounts(cluster, unknown)
    return Description(data, {key: tuple(texts) for key, texts in unknown.found.items()})


def _kind(cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    """What ``systemd-detect-virt`` says of the asked host: it speaks for the nodes only if it is one.

    A login host is a virtual machine at many a site whose nodes are metal. Hosts of a rack say it alone.
    """
    found, host = cluster.virtualisation, cluster.asked_host
    if found == "none":
        return {"kind": "physical"}
    if found == RACK or (found and host in {node.name for node in cluster.nodes}):
        return {"kind": "virtual"}
    why = f"; {host or 'the host that was asked'} itself is virtual ({found})" if found else ""
    unknown("kind", f"physical or virtual: what the nodes are is not known{why}")
    return {}


def _ssh(hints: DiscoveryHints) -> dict[str, object]:
    ssh = {"user": hints.ssh_user, "config": hints.ssh_config}
    given = {key: value for key, value in ssh.items() if value}
    return {"ssh": given} if given else {}


def _hosts_of_services(cluster: Cluster, hints: DiscoveryHints, unknown: Remarks) -> dict[str, str]:
    """Hosts by service, by the first part of their names."""
    known = {address: host for host, address in cluster.addresses.items()}
    listed = controllers(cluster.config)
    for host, second in listed:
        if second and not is_address(second) and not IP.match(second):
            unknown(f"addresses.{_short(host, known)}", f"Slurm reaches it as {second}")
    names = [_short(host, known) for host, _ in listed]
    database = _short(cluster.config.get("AccountingStorageHost", ""), known)
    login = tuple(_short(host, known) for host in _words(hints.login))
    return {
        "controller": names[0] if names else "",
        "backup_controller": ",".join(names[1:]),
        "database": _named(database, names[0] if names else ""),
        "backup_database": _short(cluster.config.get("AccountingStorageBackupHost", ""), known),
        "login": ",".join(login),
        "harness": _short(hints.harness, known),
    }


def _words(hosts: str) -> tuple[str, ...]:
    """Hosts of a set; what is no set is one host."""
    return expanded(hosts) or ((hosts,) if hosts else ())


def _short(host: str, known: Mapping[str, str]) -> str:
    """A host's name without its domain; the host that has an address, if it is one."""
    return known.get(host, host) if is_address(host) else host.split(".", maxsplit=1)[0]


def _services(cluster: Cluster, hints: DiscoveryHints, unknown: Remarks) -> dict[str, object]:
    found = _hosts_of_services(cluster, hints, unknown)
    if "jwt" in cluster.config.get("AuthAltTypes", ""):
        unknown("services.rest", "Slurm accepts tokens, so slurmrestd runs somewhere: name the host")
    for service in ("controller", "database", "login", "harness"):
        if not found[service]:
            unknown(f"services.{service}", "no answer names this host")
    return {service: host for service, host in found.items() if host}


def _named(host: str, controller: str) -> str:
    return controller if host == "localhost" else host


def _addresses(cluster: Cluster, hints: DiscoveryHints, unknown: Remarks) -> dict[str, object]:
    services = _hosts_of_services(cluster, hints, Remarks())
    serving = (host for hosts in services.values() for host in _words(hosts))
    wanted = dict.fromkeys([*serving, *(node.name for node in cluster.nodes)])
    second = {host.split(".")[0]: name for host, name in controllers(cluster.config)}
    found: dict[str, object] = {}
    for host in filter(None, wanted):
        # A second name of a controller is no address, and another source's may be of another network.
        if host in cluster.addresses and (not second.get(host) or is_address(second[host])):
            found[host] = cluster.addresses[host]
        else:
            unknown(f"addresses.{host}", "nobody could resolve it")
    return found


def _slurm(cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    settings = config_settings(cluster.texts.get("scontrol-config.txt", ""), unknown)
    licenses = dict(_licenses(cluster.config.get("Licenses", ""), unknown))
    found = {"settings": settings, "licenses": licenses}
    described = {key: value for key, value in found.items() if value}
    return {"slurm": described} if described else {}


def _licenses(text: str, unknown: Remarks) -> Iterator[tuple[str, int]]:
    """Licences that Slurm counts itself: `name:count`, a count of one if none is written."""
    for part in filter(None, text.split(",")):
        name, _, count = part.partition(":")
        if re.fullmatch(LICENSE, name) and (count or "1").isdecimal() and int(count or 1):
            yield name, int(count or 1)
        else:
            unknown("slurm.licenses", f"Slurm says {part}")


def _topology(cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    nodes = {node.name for node in cluster.nodes}
    found, sizes = blocks(cluster.blocks, nodes, unknown)
    tree: dict[str, object] = {"switches": dict(switches(cluster.switches, nodes, unknown))}
    plugin = cluster.config.get("TopologyPlugin", "")
    if plugin in {"topology/tree", "topology/block"} and not cluster.switches and not cluster.blocks:
        unknown("switches", f"Slurm uses {plugin}, but no answer describes it")
    elif plugin not in {
        "",
        "topology/tree",
        "topology/block",
        "topology/none",
        "topology/flat",
        "topology/default",
    }:
        unknown("switches", f"Slurm uses {plugin}, which can't be described")
    return tree if not found else {**tree, "blocks": found, **({"block_sizes": sizes} if sizes else {})}


def _access_modes(cluster: Cluster, unknown: Remarks) -> dict[str, object]:
    if not cluster.qos:
        unknown("access_modes", "no answer about QOS: which modes of access there are is not known")
        return {}
    return {"access_modes": dict(access_modes(cluster.qos, unknown))}


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
    words = [word for word in found.other_features if re.fullmatch(WORD, word)]
    if words:
        values["features"] = words
    if odd := [word for word in found.other_features if word not in words]:
        unknown(key, f"features that Millwright does not set: {', '.join(odd)}")
    if node.settings:
        values["settings"] = dict(node.settings)
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
    def say(nodes: tuple[str, ...], state: str, reason: str) -> None:
        why = f" ({reason})" if reason else ""
        text = f"{folded(nodes)} was {state}{why}"
        unknown("partitions", f"{text}: nobody heard whether it is as Slurm's configuration says")

    for group in cluster.out_of_service:
        say(group.nodes, "+".join(group.states), group.reason)
    remark_states(cluster, say)


def _accounts(cluster: Cluster, unknown: Remarks) -> None:
    accounts = dict.fromkeys(found.account for found in cluster.associations if found.account != "root")
    if accounts:
        text = f"slurmdbd has {len(accounts)} accounts, but does not say to whom hours were granted"
        unknown("accounts", f"{text}; accounts that a facility does not name are left alone")
    alike: dict[str, list[str]] = {}
    for found in cluster.associations:
        limits = ", ".join(f"{key}={value}" for key, value in found.limits.items())
        alike.setdefault(limits, []).append("/".join(filter(None, (found.user, found.account))))
    for limits, names in alike.items():
        if limits:
            unknown("accounts", f"{limits}: {', '.join(names)}")
