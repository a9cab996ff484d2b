"""What every host may know of its facility, under names that begin with ``facility_``."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from millwright.adapters.ansible.directory import directory_variables
from millwright.adapters.ansible.software import class_group, software_variables
from millwright.adapters.slurm.access import access_variables, billing_weights
from millwright.adapters.slurm.gres import gres_of, instances_of, shared_of
from millwright.adapters.slurm.queues import queue_lines
from millwright.catalogue.catalogue import load_catalogue
from millwright.core.node_sets import expand, fold_for_slurm, is_read_by_slurm
from millwright.core.places import product_root, state_folder
from millwright.facility.devices import gres_text
from millwright.facility.model import Antenna, Facility, NodeClass
from millwright.facility.topics.accelerators import Accelerators
from millwright.facility.topics.queues import queue_of
from millwright.facility.topics.slurm_settings import licenses_text, settings_text
from millwright.facility.unix_users import project_groups, users_of


def facility_variables(facility: Facility, file: Path) -> dict[str, object]:
    """Variables of the group ``all``, in types that YAML and JSON know.

    Node and address lists are folded (``rack-c[1-2]``), so they grow with the number of node
    classes and partitions, not with the number of nodes.
    """
    services = _services(facility)
    return {
        "facility_name": facility.name,
        "facility_title": facility.title,
        "facility_kind": facility.kind,
        "facility_file": str(file.resolve()),
        "facility_state_folder": str(state_folder(facility.name)),
        "facility_domain": facility.network.domain if facility.network else "",
        "facility_network": _network(facility),
        "facility_addresses": dict(facility.addresses),
        "facility_services": {name: hosts[0] for name, hosts in services.items()},
        "facility_service_hosts": _once(hosts for hosts in services.values()),
        "facility_controllers": _once(services.get(name, ()) for name in ("controller", "backup_controller")),
        "facility_node_classes": _node_classes(facility),
        "facility_manages": list(known_roles() if facility.manages is None else facility.manages),
        "facility_health": facility.health.model_dump(mode="json"),
        "facility_partitions": _partitions(facility),
        "facility_slurm_settings": dict(facility.slurm.settings),
        "facility_licenses": licenses_text(facility.slurm.licenses),
        "facility_queues": queue_lines(facility),
        "facility_switches": _switches(facility),
        "facility_blocks": [
            {"name": name, "nodes": _refolded(nodes)} for name, nodes in facility.blocks.items()
        ],
        "facility_block_sizes": list(facility.block_sizes),
        **access_variables(facility),
        "facility_antennas": [_antenna(name, antenna) for name, antenna in facility.antennas.items()],
        "facility_user_cas": [
            {"name": name, "environment": ca.environment.value, "fingerprint": ca.fingerprint}
            for name, ca in facility.user_cas.items()
        ],
        "facility_users": [
            {key: _plain(value) for key, value in asdict(user).items()} for user in users_of(facility)
        ],
        "facility_project_groups": [
            {key: _plain(value) for key, value in asdict(group).items()} for group in project_groups(facility)
        ],
        "facility_removed_users": dict(facility.removed_users),
        "facility_entry": _entry(facility),
        **software_variables(facility),
        **directory_variables(facility, file),
    }


def _entry(facility: Facility) -> dict[str, object]:
    """Whom hosts take for administrators, and where the login node leads."""
    of_directory = facility.directory.administrator_groups if facility.directory else ()
    return {
        "administrators": list(dict.fromkeys(["root", facility.ssh.user, *facility.entry.administrators])),
        "administrator_groups": list(dict.fromkeys([*facility.entry.administrator_groups, *of_directory])),
        "forwards": list(facility.entry.forwards),
    }


def _network(facility: Facility) -> dict[str, str]:
    """The hosts' network; its first address is the machine that carries a virtual facility."""
    if facility.network is None:
        return {}
    network = ipaddress.IPv4Network(facility.network.cidr)
    return {"cidr": str(network), "first_address": str(network.network_address + 1)}


def _services(facility: Facility) -> dict[str, list[dict[str, str]]]:
    """Name and address of each service's hosts, in the order in which they are asked."""
    addresses = facility.host_addresses()
    services = facility.services.hosts() if facility.services else {}
    return {
        name: [{"host": host, "address": addresses[host]} for host in hosts]
        for name, hosts in services.items()
    }


def _once(groups: Iterable[Sequence[dict[str, str]]]) -> list[dict[str, str]]:
    """Hosts of several services, each once and in order."""
    return list({each["host"]: each for hosts in groups for each in hosts}.values())


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _partitions(facility: Facility) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "nodes": fold_for_slurm(partition.node_names()),
            "default": partition.is_default,
            "memory_per_cpu_mib": _memory_per_cpu(facility, name),
            "max_time_min": "UNLIMITED" if partition.max_time_min == "unlimited" else partition.max_time_min,
            "queue": queue_of(facility, name),
            "billing_weights": billing_weights(facility, name),
        }
        for name, partition in facility.partitions.items()
        if partition.scheduler == "slurm"
    ]


def _switches(facility: Facility) -> list[dict[str, str | None]]:
    """Leaves first: Slurm wants a switch to be known before another one names it."""
    ordered = sorted(facility.switches.items(), key=lambda item: item[1].nodes is None)
    return [
        {"name": name, "nodes": _refolded(switch.nodes), "switches": _refolded(switch.switches)}
        for name, switch in ordered
    ]


def _refolded(text: str | None) -> str | None:
    """The set as it is described, unless Slurm could not read it so."""
    return text if text is None or is_read_by_slurm(text) else fold_for_slurm(expand(text))


def _memory_per_cpu(facility: Facility, partition: str) -> int | None:
    """Memory of a job that asks for none, in MiB for each hardware thread it gets."""
    node_class = facility.class_of(partition)
    return node_class.memory_mib // node_class.cpus if node_class else None


def _node_classes(facility: Facility) -> list[dict[str, object]]:
    """Each node class that Slurm schedules, with all nodes that are of it."""
    nodes: dict[str, list[str]] = {}
    for partition in facility.partitions.values():
        if partition.scheduler == "slurm" and partition.node_class:
            nodes.setdefault(partition.node_class, []).extend(partition.node_names())
    return [
        {
            "name": name,
            "group": class_group(name),
            "nodes": fold_for_slurm(members),
            **_hardware(name, facility.node_classes[name]),
        }
        for name, members in nodes.items()
    ]


def _hardware(name: str, node_class: NodeClass) -> dict[str, object]:
    features = [name, node_class.architecture, *node_class.features]
    if node_class.emulated:
        features.append("emulated")
    accelerators = node_class.accelerators
    if accelerators:
        features.append("gpu")
    return {
        "sockets": node_class.sockets,
        "cores_per_socket": node_class.cores_per_socket,
        "threads_per_core": node_class.threads_per_core,
        "memory_mib": node_class.memory_mib,
        "features": list(dict.fromkeys(features)),
        "settings": settings_text(node_class.settings),
        **(_accelerators(accelerators) if accelerators else {"accelerators": None}),
    }


def _accelerators(accelerators: Accelerators) -> dict[str, object]:
    """The devices, how each is divided, and what Slurm makes of them."""
    part = load_catalogue().accelerators.get(accelerators.part)
    partitioning = accelerators.partitioning
    return {
        "accelerators": {
            "part": accelerators.part,
            "count": accelerators.count,
            "vendor": part.vendor if part else "",
        },
        "partitioning": partitioning.model_dump() if partitioning else None,
        "mig_instances": instances_of(accelerators, part),
        "gres": gres_of(accelerators, part),
        "gres_shared": shared_of(accelerators),
        "gres_counted": gres_text(accelerators),
    }


def _antenna(name: str, antenna: Antenna) -> dict[str, object]:
    return {
        "name": name,
        "title": antenna.title,
        "gateway": antenna.gateway,
        **antenna.tunnel.model_dump(),
        "environment": antenna.environment.value,
        "users": [user.model_dump(mode="json") for user in antenna.users],
    }


def known_roles() -> tuple[str, ...]:
    """Names of the roles of this checkout, in alphabetical order."""
    return tuple(
        sorted(path.name for path in (product_root() / "playbooks" / "roles").glob("*") if path.is_dir())
    )
