"""QOS as access modes, and what of a QOS no access mode can say."""

import re
from collections.abc import Callable, Iterator, Sequence

from millwright.discovery.accounting import Qos
from millwright.discovery.node_sets import Remarks
from millwright.discovery.settings import minutes, seconds

DEFAULT_QOS = "normal"
COUNTS = {
    "MaxJobsPU": "max_jobs_per_user",
    "MaxJobsPA": "max_jobs_per_account",
    "MaxSubmitPU": "max_submitted_per_user",
    "MaxSubmitPA": "max_submitted_per_account",
}
TIMES = {"MaxWall": "max_wall_min", "PreemptExemptTime": "protected_min"}
RESOURCES = {"MaxTRES": "job", "MaxTRESPU": "user", "MaxTRESPA": "account"}
RESOURCE_NAMES = {"node": "nodes", "gres/gpu": "accelerators"}
PREEMPT_MODES = {"requeue": "requeue", "cancel": "cancel", "cluster": "", "": ""}
"""What a QOS says of jobs that give way, and ``when_preempted``; ``cluster`` leaves it to slurm.conf."""
DESCRIBED = frozenset(
    {*COUNTS, *TIMES, *RESOURCES, "Priority", "Preempt", "PreemptMode", "GraceTime", "UsageFactor", "Flags"}
)
NO_LIMIT = frozenset({"", "0", "00:00:00", "0.000000"})
KEPT_FLAGS = frozenset({"DenyOnLimit", "NotSet"})

Remark = Callable[[str, str], None]
"""Takes a key of the access mode and what nobody could say of it."""


def access_modes(found: Sequence[Qos], unknown: Remarks) -> Iterator[tuple[str, dict[str, object]]]:
    """Every QOS but Slurm's own default; each limit that a facility can't express is remarked."""
    for qos in found:

        def remark(key: str, text: str, name: str = qos.name) -> None:
            unknown(".".join(filter(None, ("access_modes", name, key))), text)

        if qos.name == DEFAULT_QOS:
            _default_qos(qos, unknown)
        else:
            yield qos.name, _mode(qos, remark)


def _default_qos(qos: Qos, unknown: Remarks) -> None:
    """Slurm's own QOS is no access mode; what was set there is remarked."""
    plain = {"UsageFactor": "1.000000", "PreemptMode": "cluster", "Priority": "0", "Flags": "NotSet"}
    for field, value in qos.limits.items():
        if value not in NO_LIMIT and value != plain.get(field):
            unknown("access_modes", f"QOS {DEFAULT_QOS}: {field}={value} is not described")


def _mode(qos: Qos, remark: Remark) -> dict[str, object]:
    limits = qos.limits
    title = "".join(sign for sign in qos.description if sign.isprintable()).strip()[:200]
    priority = limits.get("Priority", "")
    values: dict[str, object] = {"title": title or qos.name}
    values["priority"] = int(priority) if priority.isdecimal() else 0
    values |= dict(_times(qos, remark))
    values |= {key: int(limits[of]) for of, key in COUNTS.items() if limits.get(of, "").isdecimal()}
    values |= dict(_resources(qos, remark))
    values |= dict(_preemption(qos, remark))
    values |= dict(_usage_factor(qos, remark))
    for field in limits:
        if field not in DESCRIBED and limits[field] not in NO_LIMIT:
            remark("", f"{field}={limits[field]} is no limit of an access mode; applying accounts lifts it")
    flags = [flag for flag in limits.get("Flags", "").split(",") if flag and flag not in KEPT_FLAGS]
    if flags:
        remark("", f"flags that applying accounts takes away: {', '.join(flags)}")
    return values


def _times(qos: Qos, remark: Remark) -> Iterator[tuple[str, object]]:
    for field, key in TIMES.items():
        text = qos.limits.get(field, "")
        if limit := minutes(text):
            yield key, limit
        elif text and text != "00:00:00":
            remark(key, f"Slurm's limit is {text}; whole minutes are needed")


def _resources(qos: Qos, remark: Remark) -> Iterator[tuple[str, object]]:
    for field, scope in RESOURCES.items():
        for part in filter(None, qos.limits.get(field, "").split(",")):
            name, _, count = part.partition("=")
            if name in RESOURCE_NAMES and count.isdecimal() and int(count):
                yield f"max_{RESOURCE_NAMES[name]}_per_{scope}", int(count)
            else:
                remark("", f"{field}={part} is no limit of an access mode; applying accounts lifts it")


def _preemption(qos: Qos, remark: Remark) -> Iterator[tuple[str, object]]:
    limits = qos.limits
    if limits.get("Preempt"):
        yield "preempts", limits["Preempt"].split(",")
    mode = limits.get("PreemptMode", "").lower()
    if mode not in PREEMPT_MODES:
        remark("when_preempted", f"Slurm says {mode}; requeue or cancel can be declared")
    elif PREEMPT_MODES[mode] == "cancel":
        yield "when_preempted", "cancel"
    if grace := seconds(limits.get("GraceTime", "")):
        yield "grace_s", grace


def _usage_factor(qos: Qos, remark: Remark) -> Iterator[tuple[str, object]]:
    text = qos.limits.get("UsageFactor", "")
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
        if text:
            remark("usage_factor", f"Slurm says {text}")
    elif float(text) != 1:
        yield "usage_factor", float(text)
