"""What a facility declares of access, as the records that slurmdbd should hold: pure."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible.module_utils.slurm_records import ASSOCIATION_FIELDS, QOS_FIELDS, Record, Records, State

CLOSED = "0"
"""No job may start or be submitted: before the first and after the last day of a grant."""


def declared_state(params: Mapping[str, Any], today: datetime.date) -> State:
    """Records for the parameters of the module, on a day (UTC) that opens and closes grants."""
    modes = params["qos"]
    every = ",".join(sorted({params["default_qos"], *(mode["name"] for mode in modes)}))
    users: Mapping[str, Sequence[str]] = params["users"]
    accounts: Records = {
        account: _account("root", 1, every, "") for charged in users.values() for account in charged
    }
    for share in params["shares"]:
        accounts[share["name"]] = _account("root", share["fair_share"], "", "")
    for grant in params["accounts"]:
        accounts[grant["name"]] = _grant(grant, today)
    return {
        "qos": {mode["name"]: _qos(mode) for mode in modes},
        "account": accounts,
        "association": {
            f"{user}/{account}": _association(1) for user, charged in users.items() for account in charged
        },
        "user": {user: {"defaultaccount": charged[0]} for user, charged in users.items()},
    }


def closed_to(found: State, wanted: State, former: Collection[str]) -> Records:
    """Associations of people who left, as found but closed; those of one Slurm partition stay."""
    return {
        pair: {**record, "grpjobs": CLOSED, "grpsubmitjobs": CLOSED}
        for pair, record in found["association"].items()
        if pair.count("/") == 1 and pair.split("/")[0] in former and pair not in wanted["association"]
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _limit_of(mode: Mapping[str, Any], scope: str) -> str:
    counts = {"gres/gpu": mode[f"max_accelerators_per_{scope}"], "node": mode[f"max_nodes_per_{scope}"]}
    return ",".join(f"{name}={count}" for name, count in counts.items() if count is not None)


def _qos(mode: Mapping[str, Any]) -> Record:
    return {
        **dict.fromkeys(QOS_FIELDS.values(), ""),
        "priority": str(mode["priority"]),
        "gracetime": str(mode["grace_s"]),
        "preempt": ",".join(sorted(mode["preempts"])),
        "preemptexempttime": _text(mode["protected_min"]),
        "preemptmode": mode["when_preempted"],
        "flags": "DenyOnLimit",
        "usagefactor": f"{mode['usage_factor']:g}",
        "maxwall": _text(mode["max_wall_min"]),
        "maxtresperjob": _limit_of(mode, "job"),
        "maxtresperuser": _limit_of(mode, "user"),
        "maxtresperaccount": _limit_of(mode, "account"),
        "maxjobsperuser": _text(mode["max_jobs_per_user"]),
        "maxjobsperaccount": _text(mode["max_jobs_per_account"]),
        "maxsubmitjobsperuser": _text(mode["max_submitted_per_user"]),
        "maxsubmitjobsperaccount": _text(mode["max_submitted_per_account"]),
    }


def _association(fair_share: int) -> Record:
    return {**dict.fromkeys(ASSOCIATION_FIELDS.values(), ""), "fairshare": str(fair_share)}


def _account(parent: str, fair_share: int, qos: str, default_qos: str) -> Record:
    return {"parent": parent, **_association(fair_share), "qos": qos, "defaultqos": default_qos}


def _grant(grant: Mapping[str, Any], today: datetime.date) -> Record:
    mode = grant["access_mode"]
    record = _account(grant["parent"], grant["fair_share"], mode, mode)
    record["grptresmins"] = f"billing={grant['billing_min']}"
    if not grant["start"] <= today.isoformat() <= grant["end"]:
        record["grpjobs"] = record["grpsubmitjobs"] = CLOSED
    return record
