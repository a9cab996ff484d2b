"""Parameters of nodes and partitions that a facility has no key for: kept as settings, or remarked."""

import re
from collections.abc import Callable, Mapping

from millwright.facility.topics.slurm_settings import VALUE

NODE_USED = frozenset(
    {"NodeName", "NodeAddr", "NodeHostName", "Arch", "Sockets", "CoresPerSocket", "ThreadsPerCore"}
    | {"RealMemory", "Gres", "AvailableFeatures", "Partitions"}
)
NODE_STATE = frozenset(
    {"ActiveFeatures", "CPUAlloc", "CPUEfctv", "CPUErr", "CPUTot", "CPULoad", "Version", "OS", "AllocMem"}
    | {"FreeMem", "State", "Owner", "MCS_label", "BootTime", "SlurmdStartTime", "LastBusyTime", "CfgTRES"}
    | {"AllocTRES", "CapWatts", "CurrentWatts", "AveWatts", "LowestJoules", "ConsumedJoules", "NextState"}
    | {"ExtSensorsJoules", "ExtSensorsWatts", "ExtSensorsTemp", "ResumeAfterTime", "ReservationName"}
    | {"GresDrain", "GresUsed", "InstanceId", "InstanceType", "CoreIDs"}
)
"""What a node does now; nothing of it is configuration."""
NODE_KEPT = {
    "CoreSpecCount": ("0",),
    "MemSpecLimit": ("0",),
    "CPUSpecList": (),
    "CpuSpecList": (),
    "TmpDisk": ("0",),
    "Weight": ("1",),
    "Boards": ("1",),
    "Port": ("0", "6818"),
    "CpuBind": ("None", "none"),
    "Topology": (),
    "RestrictedCoresPerGPU": ("0",),
}
"""Parameters of nodes that are kept, with Slurm's defaults."""
NODE_JSON = {
    "specialized_cores": "CoreSpecCount",
    "specialized_memory": "MemSpecLimit",
    "specialized_cpus": "CpuSpecList",
    "temporary_disk": "TmpDisk",
    "weight": "Weight",
    "boards": "Boards",
    "port": "Port",
}
NODE_JSON_KNOWN = frozenset(
    {"active_features", "address", "alloc_cpus", "alloc_idle_cpus", "alloc_memory", "architecture"}
    | {"boot_time", "burstbuffer_network_address", "cluster_name", "comment", "cores", "cpu_binding"}
    | {"cpu_load", "cpus", "effective_cpus", "energy", "external_sensors", "extra", "features", "free_mem"}
    | {"free_memory", "gpu_spec", "gres", "gres_drained", "gres_used", "hostname", "idle_cpus"}
    | {"instance_id", "instance_type", "last_busy", "mcs_label", "name", "next_state_after_reboot"}
    | {"next_state_after_reboot_flags", "operating_system", "owner", "partitions", "power", "real_memory"}
    | {"reason", "reason_changed_at", "reason_set_by_user", "res_cores_per_gpu", "reservation"}
    | {"resume_after", "slurmd_start_time", "slurmd_version", "sockets", "state", "state_flags", "threads"}
    | {"tres", "tres_used", "tres_weighted", "version", "cert_flags", "tls_cert_last_renewal", "topology"}
)
QUEUE_USED = frozenset(
    {"PartitionName", "Nodes", "Default", "MaxTime", "DefaultTime", "State", "Hidden", "PriorityTier"}
    | {"PriorityJobFactor", "QoS", "OverSubscribe", "PreemptMode", "AllowGroups", "AllowAccounts"}
    | {"DenyAccounts", "AllowQos", "DenyQos", "TRESBillingWeights"}
)
QUEUE_STATE = frozenset({"TotalCPUs", "TotalNodes", "TRES", "NodeSets"})
QUEUE_KEPT = {
    "AllocNodes": ("ALL",),
    "Alternate": (),
    "CpuBind": (),
    "DefCpuPerGPU": (),
    "DefMemPerCPU": ("UNLIMITED", "0"),
    "DefMemPerGPU": ("UNLIMITED", "0"),
    "DefMemPerNode": ("UNLIMITED", "0"),
    "DisableRootJobs": ("NO",),
    "ExclusiveTopo": ("NO",),
    "ExclusiveUser": ("NO",),
    "GraceTime": ("0",),
    "JobDefaults": (),
    "LLN": ("NO",),
    "MaxCPUsPerNode": ("UNLIMITED",),
    "MaxCPUsPerSocket": ("UNLIMITED",),
    "MaxMemPerCPU": ("UNLIMITED", "0"),
    "MaxMemPerNode": ("UNLIMITED", "0"),
    "MaxNodes": ("UNLIMITED",),
    "MinNodes": ("0", "1"),
    "OverTimeLimit": ("NONE",),
    "PowerDownOnIdle": ("NO",),
    "ReqResv": ("NO",),
    "ResumeTimeout": ("GLOBAL",),
    "RootOnly": ("NO",),
    "SelectTypeParameters": ("NONE",),
    "SuspendTime": ("GLOBAL",),
    "SuspendTimeout": ("GLOBAL",),
    "Topology": (),
}
"""Parameters of partitions that are kept, with Slurm's defaults."""
NOTHING = frozenset({"", "(null)", "N/A"})


def keep(
    values: Mapping[str, str],
    kept: Mapping[str, tuple[str, ...]],
    known: frozenset[str],
    remark: Callable[[str], None],
) -> dict[str, str]:
    """Settings that differ from Slurm's defaults; whatever is not known is remarked."""
    found: dict[str, str] = {}
    for key, value in values.items():
        if key in known or value in NOTHING:
            continue
        if key not in kept:
            remark(f"{key}={value} is no parameter that Millwright knows")
        elif value not in kept[key]:
            if re.fullmatch(VALUE, value):
                found[key] = value
            else:
                remark(f"{key}={value} can't be written in one word")
    return found
