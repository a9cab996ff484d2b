"""What a cluster is asked. Each answer is a file, so that a site without a way in can capture it by hand."""

import shlex

QOS_FIELDS = ",".join(
    (
        *("Name", "Priority", "MaxWall", "MaxJobsPU", "MaxJobsPA", "MaxSubmitPU", "MaxSubmitPA"),
        *("MaxTRES", "MaxTRESPU", "MaxTRESPA", "Preempt", "PreemptMode", "PreemptExemptTime", "GraceTime"),
        *("GrpTRESRunMins", "MaxTRESMins", "MaxTRESPerNode", "UsageThreshold"),
        *("UsageFactor", "Flags", "GrpTRES", "GrpTRESMins", "GrpJobs", "GrpSubmit", "GrpWall", "MinTRES"),
        "Description",
    )
)
ASSOCIATION_FIELDS = ",".join(
    (
        *(
            "Account",
            "User",
            "Partition",
            "Fairshare",
            "QOS",
            "DefaultQOS",
            "MaxJobs",
            "MaxSubmit",
            "MaxTRES",
        ),
        *("MaxWall", "GrpTRES", "GrpJobs", "GrpTRESMins"),
    )
)

SOURCES: dict[str, tuple[str, ...]] = {
    "hostname.txt": ("hostname", "-s"),
    "user.txt": ("id", "-un"),
    "virtualisation.txt": ("systemd-detect-virt",),
    "lscpu.json": ("lscpu", "--json"),
    "scontrol-config.txt": ("scontrol", "show", "config"),
    "scontrol-nodes.json": ("scontrol", "--all", "show", "nodes", "--json"),
    "scontrol-nodes.txt": ("scontrol", "--all", "--oneliner", "show", "nodes"),
    "sinfo.json": ("sinfo", "--all", "--json"),
    "scontrol-topology.txt": ("scontrol", "show", "topology"),
    "scontrol-partitions.txt": ("scontrol", "--all", "--oneliner", "show", "partitions"),
    "sacctmgr-qos.txt": ("sacctmgr", "--parsable2", "show", "qos", f"format={QOS_FIELDS}"),
    "sacctmgr-associations.txt": ("sacctmgr", "--parsable2", "show", "assoc", f"format={ASSOCIATION_FIELDS}"),
    "nvidia-smi.xml": ("nvidia-smi", "-q", "-x"),
    "hosts.txt": (
        "sh",
        "-c",
        "for host in $(hostname -s) $(scontrol show config | sed -n 's/^AccountingStorageHost *= *//p') "
        "$(sinfo --all --noheader --Node --format=%N | sort -u); do "
        'echo "$host $(getent ahostsv4 "$host" | cut -d" " -f1 | head -n1)"; done',
    ),
}
"""Name of the captured file, and the command that fills it on a login host. All of them only read."""

NEEDED = ("scontrol-config.txt", "scontrol-partitions.txt")
"""Without these, and one of the two answers about nodes, nothing can be said."""


def capture_commands() -> tuple[str, ...]:
    """Lines for a shell on a login host; a command that is not there leaves an empty file."""
    lines = ["mkdir -p captured"]
    lines += [f"{shlex.join(argv)} > captured/{name} 2>/dev/null" for name, argv in SOURCES.items()]
    return (*lines, "tar --create --gzip --file=captured.tar.gz captured")
