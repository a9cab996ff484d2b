"""The facility as ReFrame's site configuration: plain data, which needs no ReFrame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millwright.checks.declaration import Better, Tier
from millwright.checks.naming import name_variant, split_key
from millwright.checks.registry import Registry
from millwright.core.node_sets import expand, fold
from millwright.facility.model import Antenna, Commitment, Facility, NodeClass, Partition
from millwright.facility.topics.fabric import Fabric, FabricKind
from millwright.facility.topics.queues import job_limit_min, queue_of
from millwright.facility.topics.reach import Reach
from millwright.results.selection import Selection

Settings = dict[str, Any]
"""Part of ReFrame's configuration; its schema is ReFrame's own."""

Bounds = tuple[float, float | None, float | None, str]
"""ReFrame's reference: value, lowest and highest share by which a measurement may miss it, unit."""

PERFLOG: Settings = {
    "type": "filelog",
    "prefix": "%(check_system)s/%(check_partition)s",
    "level": "info",
    "format": "%(check_result)s|%(check_job_completion_time)s|%(check_jobid)s|%(check_perfvalues)s",
    "format_perfvars": "%(check_perf_value)s|%(check_perf_unit)s|",
    "append": True,
}
"""ReFrame's own history of a check, below the output prefix; Millwright reads the job's output instead."""

NOTHING_BUILT = "builtin"
"""ReFrame's environment for checks that compile nothing."""


NODES_VARIABLE = "MILLWRIGHT_NODES"
"""Node set that a session is narrowed to; every node where it is unset."""
RESERVATION_VARIABLE = "MILLWRIGHT_RESERVATION"
"""Slurm reservation that the jobs of a session run in."""
QUEUE_VARIABLE = "MILLWRIGHT_QUEUE"
"""Slurm partition that the jobs of a session are submitted to, instead of the one of the partition's name."""

TIER_VARIABLE = "MILLWRIGHT_TIER"
"""Tier that the checks of a session were chosen by."""
QUICK_REPETITIONS = 6
"""Repetitions of the quick tier: the fewest that a median has an interval of."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which nodes a session may take, and in which reservation and queue of Slurm."""

    nodes: frozenset[str] | None = None
    """All where None."""
    reservation: str = ""
    queue: str = ""
    tier: str = ""


def session_variables(selection: Selection) -> dict[str, str]:
    """The environment variables that narrow a session; the reverse of :func:`read_narrowing`."""
    given = {
        NODES_VARIABLE: selection.nodes,
        RESERVATION_VARIABLE: selection.reservation,
        QUEUE_VARIABLE: selection.queue,
        TIER_VARIABLE: selection.tier,
    }
    return {name: value for name, value in given.items() if value}


def read_narrowing(environment: Mapping[str, str]) -> Narrowing:
    """The narrowing that the variables of a session ask for."""
    nodes = environment.get(NODES_VARIABLE)
    return Narrowing(
        frozenset(expand(nodes)) if nodes else None,
        environment.get(RESERVATION_VARIABLE, ""),
        environment.get(QUEUE_VARIABLE, ""),
        environment.get(TIER_VARIABLE, ""),
    )


def site_configuration(
    facility: Facility,
    *,
    registry: Registry,
    harness_architecture: str,
    state: Path,
    narrowing: Narrowing = Narrowing(),
) -> Settings:
    """ReFrame's configuration of one facility.

    `registry` declares the checks. `harness_architecture` is what ReFrame's own machine runs
    (`platform.machine()`); programs for other architectures are cross-compiled. `state` is the facility's
    state folder.
    """
    partitions = [
        *(
            _partition(facility, name, registry, harness_architecture, narrowing)
            for name, partition in facility.partitions.items()
            if narrowing.nodes is None or narrowing.nodes.intersection(partition.node_names())
        ),
        *(_antenna(facility, name, registry, state) for name in facility.antennas),
    ]
    system = {
        "name": facility.name,
        "descr": facility.title,
        "hostnames": [".*"],
        "max_local_jobs": 1,
        "partitions": partitions,
    }
    return {
        "systems": [system],
        "environments": _environments(facility, harness_architecture),
        "general": [{"remote_detect": False}],
        "storage": [{"enable": False}],
        "logging": [{"handlers": [], "handlers_perflog": [PERFLOG]}],
    }


def references(
    checks: Mapping[str, Mapping[str, Commitment | None]], registry: Registry
) -> dict[str, dict[str, Bounds]]:
    """Commitments as ReFrame's references, by variant of a check and metric.

    The tolerance applies on the bad side only. Every check and metric must be known.
    """
    return {
        name_variant(*split_key(key)): {
            metric: _bounds(commitment, registry[split_key(key)[0]].metrics[metric].better)
            for metric, commitment in metrics.items()
            if commitment is not None
        }
        for key, metrics in checks.items()
    }


def _bounds(commitment: Commitment, better: Better) -> Bounds:
    if better is Better.HIGHER:
        return commitment.value, -commitment.tolerance, None, commitment.unit
    return commitment.value, None, commitment.tolerance, commitment.unit


def _partition(
    facility: Facility, name: str, registry: Registry, harness_architecture: str, narrowing: Narrowing
) -> Settings:
    partition, node_class = facility.partitions[name], facility.class_of(name)
    nodes = [n for n in partition.node_names() if narrowing.nodes is None or n in narrowing.nodes]
    reservation = [f"--reservation={narrowing.reservation}"] if narrowing.reservation else []
    queue = narrowing.queue or queue_of(facility, name)
    is_slurm = partition.scheduler == "slurm"
    architecture = node_class.architecture if node_class else harness_architecture
    features = _features(
        partition, node_class, architecture, spans=is_slurm and architecture == harness_architecture
    )
    return {
        "name": name,
        "descr": partition.title or name,
        "scheduler": "slurm" if is_slurm else "local",
        "launcher": "srun" if is_slurm else "local",
        "access": [f"--partition={queue}", *reservation] if is_slurm else [],
        "environs": [NOTHING_BUILT, _compiler(architecture), *(["mpi"] if "mpi" in features else [])],
        "features": features,
        "max_jobs": 1,
        "time_limit": f"{job_limit_min(facility, name, queue)}m",
        "processor": _processor(node_class, architecture),
        "extras": {
            "nodes": nodes,
            "queue": queue,
            "reservation": narrowing.reservation,
            "cores_per_node": node_class.sockets * node_class.cores_per_socket if node_class else None,
            "cpus_per_node": node_class.cpus if node_class else None,
            "memory_mib": node_class.memory_mib if node_class else None,
            "accelerators": node_class.accelerators.count if node_class and node_class.accelerators else 0,
            "fabric": _fabric(facility, node_class),
            "shared_hardware": partition.shared_hardware,
            "emulated": facility.is_emulated(name),
            "repetitions": _repetitions(facility, narrowing.tier),
            "warm_up_s": _warm_up_s(facility),
            "references": references(partition.checks, registry),
        },
    }


def foreign_partition(
    facility: Facility,
    name: str,
    narrowing: Narrowing,
    features: Sequence[str],
    extras: Mapping[str, object],
) -> Settings:
    """A partition for checks that others wrote: with their words, and without Millwright's references.

    They choose no nodes by themselves, so those that a session must not take are excluded.
    """
    partition, node_class = facility.partitions[name], facility.class_of(name)
    queue, is_slurm = narrowing.queue or name, partition.scheduler == "slurm"
    nodes = partition.node_names()
    unwanted = [node for node in nodes if narrowing.nodes is not None and node not in narrowing.nodes]
    access = [
        f"--partition={queue}",
        *([f"--reservation={narrowing.reservation}"] if narrowing.reservation else []),
        *([f"--exclude={fold(unwanted)}"] if unwanted else []),
    ]
    own = _features(partition, node_class, node_class.architecture if node_class else "", spans=False)
    return {
        "name": name,
        "descr": partition.title or name,
        "scheduler": "slurm" if is_slurm else "local",
        "launcher": "srun" if is_slurm else "local",
        "access": access if is_slurm else [],
        "features": list(dict.fromkeys([*own, *features])),
        "max_jobs": 1,
        "time_limit": f"{partition.max_time_min}m",
        **({"processor": _processor(node_class, node_class.architecture)} if node_class else {}),
        "extras": {**extras, "millwright_nodes": list(nodes)},
    }


def _fabric(facility: Facility, node_class: NodeClass | None) -> Settings:
    """The network of the nodes, and the least rate of each rail in Gbit/s; 0 if none is said."""
    fabric = node_class.fabric if node_class else Fabric()
    least = facility.health.min_link_gbit_s
    return {
        "kind": str(fabric.kind),
        "rails": {device: least.get(device, 0) for device in fabric.devices},
        "traffic_class": fabric.traffic_class or 0,
    }


def _antenna(facility: Facility, name: str, registry: Registry, state: Path) -> Settings:
    antenna = facility.antennas[name]
    return {
        "name": name,
        "descr": antenna.title,
        "scheduler": "local",
        "launcher": "local",
        "environs": [NOTHING_BUILT],
        # Whoever does not expect to learn how users come back after a cut is spared the cut.
        "features": ["antenna", *(["recovery"] if "AntennaRecovery" in antenna.checks else [])],
        "max_jobs": 1,
        "time_limit": "30m",
        "extras": {
            "nodes": [antenna.gateway],
            "ssh_config": str(state / "antennas" / name / "ssh_config"),
            "job": _job_options(facility, antenna),
            "may_be_cut": (antenna.may_be_cut or facility.kind == "virtual")
            and antenna.reached_by is Reach.SSH,
            "admin_ssh": _admin_ssh(facility, antenna.gateway),
            "endpoint": facility.address_of(facility.services.login) if facility.services else "",
            "emulated": False,
            "repetitions": _repetitions(facility),
            "warm_up_s": _warm_up_s(facility),
            "references": references(antenna.checks, registry),
        },
    }


def _repetitions(facility: Facility, tier: str = "") -> int | None:
    """How often a rehearsal or the quick tier measures; each check's own number if None."""
    rehearsed = facility.virtual.repetitions if facility.virtual else None
    return rehearsed or (QUICK_REPETITIONS if tier == Tier.QUICK else None)


def _warm_up_s(facility: Facility) -> int | None:
    """Hosts of a rehearsal share a machine and never become steady; the protocol's own limit if None."""
    return 0 if facility.virtual or facility.kind == "virtual" else None


def _job_options(facility: Facility, antenna: Antenna) -> list[str]:
    """What sbatch needs for a job of the antenna's first user, in the access mode of the user's account."""
    if antenna.first_user is None:
        return []
    account = antenna.first_user.account
    mode = facility.access_mode_of(account)
    return [f"--account={account}", *([f"--qos={mode}"] if mode else [])]


def _admin_ssh(facility: Facility, host: str) -> list[str]:
    """How the administrator enters a gateway; never asks anything."""
    config = ["-F", str(Path(facility.ssh.config).expanduser())] if facility.ssh.config else []
    target = host if facility.ssh.config else facility.host_addresses().get(host, host)
    return ["ssh", *config, "-o", "BatchMode=yes", "-l", facility.ssh.user, target]


def _features(
    partition: Partition, node_class: NodeClass | None, architecture: str, *, spans: bool
) -> list[str]:
    """What checks select by. `cpu` is a processor that runs its own programs; an emulated one is none.

    `spans` tells whether this partition can run one program on several nodes.
    """
    is_emulated = node_class is not None and node_class.emulated
    found = {
        "cpu": not is_emulated,
        "riscv": architecture == "riscv64",
        "gpu": node_class is not None and node_class.accelerators is not None,
        **_accelerator_features(partition, node_class),
        "mpi": spans and len(partition.node_names()) > 1,
        "rdma": _has_rails(partition, node_class),
        "emulated": is_emulated,
    }
    return [feature for feature, is_there in found.items() if is_there]


def _accelerator_features(partition: Partition, node_class: NodeClass | None) -> dict[str, bool]:
    """`gpu_peers`: several on a node; `gpu_span`: on several nodes. A divided one has no peer to talk to."""
    accelerators = node_class.accelerators if node_class else None
    is_whole = accelerators is not None and accelerators.partitioning is None
    reachable = is_whole and partition.scheduler == "slurm"
    return {
        "gpu_peers": reachable and accelerators is not None and accelerators.count > 1,
        "gpu_span": reachable and len(partition.node_names()) > 1,
    }


def _has_rails(partition: Partition, node_class: NodeClass | None) -> bool:
    """Whether several nodes have rails that speak verbs, which Slingshot's do not."""
    if node_class is None or partition.scheduler != "slurm" or len(partition.node_names()) < 2:
        return False
    fabric = node_class.fabric
    return bool(fabric.devices) and fabric.kind in {FabricKind.INFINIBAND, FabricKind.ROCE}


def _processor(node_class: NodeClass | None, architecture: str) -> Settings:
    if node_class is None:
        return {"arch": architecture}
    return {
        "arch": architecture,
        "num_cpus": node_class.cpus,
        "num_cpus_per_core": node_class.threads_per_core,
        "num_cpus_per_socket": node_class.cores_per_socket * node_class.threads_per_core,
        "num_sockets": node_class.sockets,
    }


def _compiler(architecture: str) -> str:
    return f"gnu-{architecture}"


def _environments(facility: Facility, harness_architecture: str) -> list[Settings]:
    """One compiler for each architecture of the facility, native where the harness has the same one."""
    architectures = {node_class.architecture for node_class in facility.node_classes.values()} | {
        harness_architecture
    }
    compilers = {
        _compiler(architecture): "gcc"
        if architecture == harness_architecture
        else f"{architecture}-linux-gnu-gcc"
        for architecture in sorted(architectures)
    }
    return [
        *({"name": name, "cc": cc, "features": ["c"]} for name, cc in compilers.items()),
        {"name": "mpi", "cc": "mpicc", "features": ["mpi"]},
    ]
