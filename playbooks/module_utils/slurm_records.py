"""What sacctmgr prints, as records that can be compared: pure, and for Python 3.9 on the hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Run = Callable[[Sequence[str]], str]
"""Runs sacctmgr with these arguments and returns what it printed."""
Record = dict[str, str]
"""Field, as sacctmgr's ``set`` calls it, and text; empty if there is no limit."""
Records = dict[str, Record]
"""Records of one kind by name."""
State = dict[str, Records]
"""Records by kind: qos, account, association (``user/account``), user."""

UNLIMITED = ""

QOS_FIELDS = {
    "Priority": "priority",
    "GraceTime": "gracetime",
    "Preempt": "preempt",
    "PreemptExemptTime": "preemptexempttime",
    "PreemptMode": "preemptmode",
    "Flags": "flags",
    "UsageThres": "usagethreshold",
    "UsageFactor": "usagefactor",
    "GrpTRES": "grptres",
    "GrpTRESMins": "grptresmins",
    "GrpTRESRunMins": "grptresrunmins",
    "GrpJobs": "grpjobs",
    "GrpSubmit": "grpsubmitjobs",
    "GrpWall": "grpwall",
    "MaxTRES": "maxtresperjob",
    "MaxTRESPerNode": "maxtrespernode",
    "MaxTRESMins": "maxtresminsperjob",
    "MaxWall": "maxwall",
    "MaxTRESPU": "maxtresperuser",
    "MaxJobsPU": "maxjobsperuser",
    "MaxSubmitPU": "maxsubmitjobsperuser",
    "MaxTRESPA": "maxtresperaccount",
    "MaxTRESRunMinsPA": "maxtresrunminsperaccount",
    "MaxTRESRunMinsPU": "maxtresrunminsperuser",
    "MaxJobsPA": "maxjobsperaccount",
    "MaxSubmitPA": "maxsubmitjobsperaccount",
    "MinTRES": "mintresperjob",
}
"""Every limit of a QOS as sacctmgr prints it and as it is set, so that none can be changed by hand unseen."""

ASSOCIATION_FIELDS = {
    "Share": "fairshare",
    "Priority": "priority",
    "GrpJobs": "grpjobs",
    "GrpTRES": "grptres",
    "GrpSubmit": "grpsubmitjobs",
    "GrpWall": "grpwall",
    "GrpTRESMins": "grptresmins",
    "GrpTRESRunMins": "grptresrunmins",
    "MaxJobs": "maxjobs",
    "MaxTRES": "maxtresperjob",
    "MaxTRESPerNode": "maxtrespernode",
    "MaxSubmit": "maxsubmitjobs",
    "MaxWall": "maxwall",
    "MaxTRESMins": "maxtresminsperjob",
    "QOS": "qos",
    "DefaultQOS": "defaultqos",
}
"""Every limit of an account or of a user in an account, likewise."""

SECONDS_FIELDS = frozenset({"gracetime"})
MINUTES_FIELDS = frozenset({"grpwall", "maxwall", "preemptexempttime"})
LIST_FIELDS = frozenset({"preempt", "qos", "flags"})
NUMBER_FIELDS = frozenset({"usagefactor", "usagethreshold"})
ADDED_FLAGS = frozenset({"deleted", "notset"})
"""Flags by which sacctmgr itself marks a record."""


def seconds(text: str) -> str:
    """Seconds of a time that sacctmgr printed (``1-02:30:00``); empty if there is none.

    >>> seconds("1-02:30:00")
    '95400'
    """
    if not text:
        return UNLIMITED
    days, _, clock = text.rpartition("-")
    hours, minutes, rest = clock.split(":")
    return str(((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(rest))


def minutes(text: str) -> str:
    """Minutes of a time that sacctmgr printed, rounded down; empty if there is none.

    >>> minutes("1-02:30:00")
    '1590'
    """
    return str(int(seconds(text)) // 60) if text else UNLIMITED


def tres(text: str) -> dict[str, str]:
    """Trackable resources of a list.

    >>> tres("node=4,gres/gpu=8")
    {'gres/gpu': '8', 'node': '4'}
    """
    pairs = (part.partition("=") for part in text.split(",") if part)
    return dict(sorted((name, count) for name, _, count in pairs))


def comparable(field: str, text: str) -> str:
    """One printed value in the form in which declared ones are written."""
    if field in SECONDS_FIELDS:
        return seconds(text)
    if field in MINUTES_FIELDS:
        return minutes(text)
    if field in LIST_FIELDS:
        return ",".join(sorted(part for part in text.split(",") if part and part.lower() not in ADDED_FLAGS))
    if field in NUMBER_FIELDS and text:
        return f"{float(text):g}"
    if "tres" in field:
        return ",".join(f"{name}={count}" for name, count in tres(text).items())
    return text


def read(run: Run, entity: str, columns: Sequence[str], *where: str) -> list[list[str]]:
    """Rows of ``sacctmgr --parsable2 show``; a row with another number of columns is not guessed at."""
    arguments = ["--noheader", "--parsable2", "show", entity, *where, f"format={','.join(columns)}"]
    rows = [line.split("|") for line in run(arguments).splitlines() if line]
    for row in rows:
        if len(row) != len(columns):
            message = f"sacctmgr show {entity} printed {len(row)} columns where {len(columns)} were asked for"
            raise ValueError(message)
    return rows


def _record(fields: Mapping[str, str], texts: Sequence[str]) -> Record:
    pairs = zip(fields.values(), texts)  # noqa: B905 - Python 3.9 knows no strict; read() has compared lengths
    return {field: comparable(field, text) for field, text in pairs}


def read_state(run: Run, cluster: str) -> State:
    """All that slurmdbd holds of the four kinds, in three questions whatever its size.

    Values that an account or a user only inherits are left out (``WOPLimits``), and users of other clusters.
    """
    qos = {name: _record(QOS_FIELDS, rest) for name, *rest in read(run, "qos", ["Name", *QOS_FIELDS])}
    columns = ["Account", "User", "Partition", "ParentName", *ASSOCIATION_FIELDS]
    accounts: Records = {}
    associations: Records = {}
    for account, user, partition, parent, *rest in read(
        run, "association", columns, f"cluster={cluster}", "WOPLimits"
    ):
        record = _record(ASSOCIATION_FIELDS, rest)
        if not user:
            accounts[account] = {"parent": parent, **record}
        else:
            associations["/".join(filter(None, (user, account, partition)))] = record
    here = {name.split("/")[0] for name in associations}
    users = {
        name: {"defaultaccount": default}
        for name, default in read(run, "user", ["User", "DefaultAccount"])
        if name in here
    }
    return {"qos": qos, "account": accounts, "association": associations, "user": users}


def children(accounts: Records, parent: str) -> list[str]:
    """Accounts right below an account."""
    return sorted(name for name, record in accounts.items() if record["parent"] == parent)
