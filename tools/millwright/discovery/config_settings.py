"""Settings of slurm.conf, from ``scontrol show config``: described, kept, or remarked one by one."""

import re

from millwright.discovery.node_sets import Remarks
from millwright.facility.topics.slurm_settings import KEY, VALUE

NOTHING = frozenset({"", "(null)", "N/A", "(null type)"})
UNIT = re.compile(r"^(-?[0-9]+) (sec|usec|min|nodes/min|percent)$")
USER = re.compile(r"^([a-z_][a-z0-9_-]*)\([0-9]+\)$")
CONTROLLER = re.compile(r"^SlurmctldHost\[\d+\]$|^(Control|Backup)(Machine|Controller|Addr)$")
DESCRIBED = frozenset(
    {
        "ClusterName",
        "AccountingStorageHost",
        "AccountingStorageBackupHost",
        "Licenses",
        "AuthAltTypes",
        "AuthAltParameters",
        "TopologyPlugin",
    }
)
WRITTEN_LISTS = {
    "GresTypes": frozenset({"gpu", "shard", "mps"}),
    "AccountingStorageTRES": frozenset(
        {"cpu", "mem", "energy", "node", "billing", "fs/disk", "vmem", "pages"}
        | {"gres/gpu", "gres/shard", "gres/mps"}
    ),
}
"""Lists of which Millwright writes what it needs; with more in them, the site's whole list is kept."""
STATE = frozenset(
    {"AccountingStorageUser", "BOOT_TIME", "HASH_VAL", "MaxNodeCount", "MULTIPLE_SLURMD", "NEXT_JOB_ID"}
    | {"SLURM_CONF", "SLURM_VERSION", "PluginDir", "SlurmctldAddr", "SlurmdUser", "MaxDBDMsgs"}
)
"""What Slurm says of itself; nothing of it is written in slurm.conf."""
WRITTEN = {
    "AuthType": "auth/munge",
    "AccountingStorageEnforce": "associations,limits,qos,safe",
    "HealthCheckInterval": "300",
    "HealthCheckNodeState": "CYCLE,ANY",
    "HealthCheckProgram": "/usr/local/sbin/millwright-node-health",
    "JobAcctGatherFrequency": "30",
    "JobAcctGatherType": "jobacct_gather/cgroup",
    "JobRequeue": "1",
    "MessageTimeout": "30",
    "MpiDefault": "pmix",
    "PreemptMode": "REQUEUE",
    "PreemptType": "preempt/qos",
    "PriorityDecayHalfLife": "00:00:00",
    "PriorityFlags": "MAX_TRES",
    "PriorityType": "priority/multifactor",
    "PriorityUsageResetPeriod": "NONE",
    "PriorityWeightAge": "1000",
    "PriorityWeightFairShare": "10000",
    "PriorityWeightQOS": "100000",
    "ProctrackType": "proctrack/cgroup",
    "PrologFlags": "Contain",
    "ReconfigFlags": "KeepPartState",
    "ReturnToService": "1",
    "SchedulerType": "sched/backfill",
    "SelectType": "select/cons_tres",
    "SelectTypeParameters": "CR_CORE_MEMORY",
    "SlurmctldLogFile": "/var/log/slurm/slurmctld.log",
    "SlurmctldParameters": "enable_configless",
    "SlurmctldPidFile": "/run/slurmctld/slurmctld.pid",
    "SlurmctldPort": "6817",
    "SlurmctldTimeout": "",
    "SlurmdLogFile": "/var/log/slurm/slurmd.log",
    "SlurmdParameters": "",
    "SlurmdPidFile": "/run/slurm/slurmd.pid",
    "SlurmdSpoolDir": "/var/lib/slurm/slurmd",
    "SlurmdTimeout": "300",
    "SlurmUser": "slurm",
    "StateSaveLocation": "",
    "TaskPlugin": "task/affinity,task/cgroup",
}
"""What Millwright writes itself; a cluster where it is something else keeps that, also if it is nothing."""
NO_PLUGIN = frozenset(
    {"acct_gather_energy/none", "acct_gather_filesystem/none", "acct_gather_interconnect/none"}
    | {"acct_gather_profile/none", "jobcomp/none", "job_container/none", "mcs/none", "switch/none"}
    | {"core_spec/none", "ext_sensors/none"}
)
"""How Slurm before 23.02 says that a plugin is not set."""
DEFAULTS = {
    "AccountingStorageType": "accounting_storage/slurmdbd",
    "AccountingStoragePort": "6819",
    "ExtSensorsFreq": "0",
    "LaunchType": "launch/slurm",
    "RoutePlugin": "route/default",
    "AcctGatherNodeFreq": "0",
    "AllowSpecResourcesUsage": "no",
    "BatchStartTimeout": "10",
    "BcastExclude": "/lib,/usr/lib,/lib64,/usr/lib64",
    "CompleteWait": "0",
    "CpuFreqDef": "Unknown",
    "CpuFreqGovernors": "OnDemand,Performance,UserSpace",
    "CredType": "cred/munge",
    "DefMemPerNode": "UNLIMITED",
    "DisableRootJobs": "no",
    "EioTimeout": "60",
    "EnforcePartLimits": "NO",
    "EpilogMsgTime": "2000",
    "FairShareDampeningFactor": "1",
    "FirstJobId": "1",
    "GetEnvTimeout": "2",
    "GroupUpdateForce": "1",
    "GroupUpdateTime": "600",
    "HashPlugin": "hash/k12",
    "InactiveLimit": "0",
    "InteractiveStepOptions": "--interactive --preserve-env --pty $SHELL",
    "JobCompHost": "localhost",
    "JobCompPort": "0",
    "JobCompUser": "root",
    "JobFileAppend": "0",
    "KillOnBadExit": "0",
    "KillWait": "30",
    "LogTimeFormat": "iso8601_ms",
    "MailProg": "/bin/mail",
    "MaxArraySize": "1001",
    "MaxBatchRequeue": "5",
    "MaxJobCount": "10000",
    "MaxJobId": "67043328",
    "MaxMemPerNode": "UNLIMITED",
    "MaxStepCount": "40000",
    "MaxTasksPerNode": "512",
    "MinJobAge": "300",
    "OverTimeLimit": "0",
    "PreemptExemptTime": "00:00:00",
    "PrEpPlugins": "prep/script",
    "PriorityCalcPeriod": "00:05:00",
    "PriorityFavorSmall": "no",
    "PriorityMaxAge": "7-00:00:00",
    "PriorityWeightAssoc": "0",
    "PriorityWeightJobSize": "0",
    "PriorityWeightPartition": "0",
    "PrivateData": "none",
    "PrologEpilogTimeout": "65534",
    "PropagatePrioProcess": "0",
    "PropagateResourceLimits": "ALL",
    "ResumeRate": "300",
    "ResumeTimeout": "60",
    "ResvOverRun": "0",
    "SchedulerTimeSlice": "30",
    "SlurmctldDebug": "info",
    "SlurmdDebug": "info",
    "SlurmdPort": "6818",
    "SlurmSchedLogLevel": "0",
    "SrunPortRange": "0-0",
    "SuspendRate": "60",
    "SuspendTime": "INFINITE",
    "SuspendTimeout": "30",
    "TCPTimeout": "2",
    "TLSType": "tls/none",
    "TmpFS": "/tmp",  # noqa: S108 - Slurm's default
    "TrackWCKey": "no",
    "TreeWidth": "16",
    "UsePam": "no",
    "VSizeFactor": "0",
    "WaitTime": "0",
}
EMPTY = frozenset(
    {"AccountingStorageExternalHost", "AccountingStorageParameters"}
    | {"AccountingStoreFlags", "AcctGatherEnergyType", "AcctGatherFilesystemType", "AuthInfo"}
    | {"AcctGatherInterconnectType", "AcctGatherProfileType", "BcastParameters", "BurstBufferType"}
    | {"CertmgrParameters", "CertmgrType", "CliFilterPlugins", "CommunicationParameters"}
    | {"DataParserParameters", "DebugFlags", "DependencyParameters", "Epilog", "EpilogSlurmctld"}
    | {"FederationParameters", "GpuFreqDef", "JobAcctGatherParams", "JobCompLoc", "JobCompParams"}
    | {"JobCompType", "JobContainerType", "JobDefaults", "JobSubmitPlugins", "LaunchParameters"}
    | {"MailDomain", "MCSPlugin", "MCSParameters", "MpiParams", "NodeFeaturesPlugins"}
    | {"PlugStackConfig", "PreemptParameters", "PrEpParameters", "PriorityParameters", "Prolog"}
    | {"PrioritySiteFactorParameters", "PrioritySiteFactorPlugin", "PriorityWeightTRES"}
    | {"PrologSlurmctld", "PropagateResourceLimitsExcept", "RebootProgram", "RequeueExit"}
    | {"RequeueExitHold", "ResumeFailProgram", "ResumeProgram", "ResvEpilog", "ResvProlog"}
    | {"SchedulerParameters", "ScronParameters", "SlurmctldSyslogDebug", "SlurmctldPrimaryOffProg"}
    | {"SlurmctldPrimaryOnProg", "SlurmdSyslogDebug", "SlurmSchedLogFile", "SrunEpilog", "SrunProlog"}
    | {"SuspendExcNodes", "SuspendExcParts", "SuspendExcStates", "SuspendProgram", "SwitchParameters"}
    | {"SwitchType", "TaskEpilog", "TaskPluginParam", "TaskProlog", "TLSParameters", "TopologyParam"}
    | {"UnkillableStepProgram", "UnkillableStepTimeout", "X11Parameters", "DefMemPerCPU", "MaxMemPerCPU"}
)
"""Settings that are not set unless a site sets them."""
HEADS = re.compile(r"^Configuration data as of |^Slurmctld\(.*\) at .* is (UP|DOWN)$")


def config_settings(text: str, unknown: Remarks) -> dict[str, str | None]:
    """Settings that a rendered slurm.conf needs to say the same; what is not understood is remarked.

    Null takes out a line that Millwright would write. Sections at the end are other files' settings.
    """
    found: dict[str, str | None] = {}
    values: dict[str, str] = {}
    section = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        key, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            section = line.removesuffix(":") if line.endswith(":") else section
            if not line.endswith(":") and not HEADS.match(line):
                unknown("slurm", f"a line that is not understood: {line[:200]}")
        elif section:
            if value not in NOTHING:
                unknown("slurm", f"{section}: {key}={value} is of another file than slurm.conf")
        elif CONTROLLER.match(key) or key in DESCRIBED or key in STATE:
            continue
        else:
            values[key] = _plain(key, value)
            if key != "UnkillableStepTimeout":
                _keep(found, key, value, unknown)
    step_s = values.get("UnkillableStepTimeout", "")
    default_s = _unkillable_step_timeout(values.get("MessageTimeout", ""))
    if step_s not in {"", default_s}:
        _keep(found, "UnkillableStepTimeout", step_s, unknown)
    return found


def _unkillable_step_timeout(message_s: str) -> str:
    """Slurm's own default: 60 s, or five times MessageTimeout if that is more (slurm.conf(5))."""
    is_number = message_s.isascii() and message_s.isdigit()
    return str(max(60, 5 * int(message_s))) if is_number else "60"


def _keep(found: dict[str, str | None], key: str, value: str, unknown: Remarks) -> None:
    plain = _plain(key, value)
    if key in WRITTEN_LISTS:
        if set(filter(None, plain.split(","))) - WRITTEN_LISTS[key]:
            found[key] = plain
    elif key in WRITTEN:
        if plain != WRITTEN[key] and _can_be_kept(key, plain):
            found[key] = plain or None
        elif plain != WRITTEN[key]:
            unknown("slurm.settings", f"{key}={value} can't be written in one word")
    elif not plain or plain.lower() == DEFAULTS.get(key, "").lower() or plain in NO_PLUGIN:
        return
    elif key not in DEFAULTS and key not in EMPTY:
        unknown("slurm.settings", f"{key}={value} is no setting that Millwright knows")
    elif _can_be_kept(key, plain):
        found[key] = plain
    else:
        unknown("slurm.settings", f"{key}={value} can't be written in one word")


def _plain(key: str, value: str) -> str:
    """The value as slurm.conf takes it: without the unit, and users by name alone."""
    if value in NOTHING:
        return "task/none" if key == "TaskPlugin" else ""
    for pattern in (UNIT, USER):
        if match := pattern.match(value):
            return match[1]
    return value


def _can_be_kept(key: str, value: str) -> bool:
    return bool(re.fullmatch(KEY, key)) and (not value or bool(re.fullmatch(VALUE, value)))
