"""Grants that left the facility and may still be used: nobody closes them unless they are named. Pure."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.slurm_declared import CLOSED
from ansible.module_utils.slurm_records import Record, State
from ansible.module_utils.slurm_removal import Removal, charging_users, stranded_users

GRANTED = "grptresmins"
"""The limit that makes an account a grant: hours of the resource `billing`."""


def open_grants(found: State, wanted: State) -> list[dict[str, Any]]:
    """Accounts with granted hours that nothing declares and in which jobs may still start.

    `delete` is what has to be named to close one: the account, and users who have no other.
    """
    return [
        _entry(found, name, record)
        for name, record in sorted(found["account"].items())
        if name not in wanted["account"] and _is_open_grant(record)
    ]


def _is_open_grant(record: Record) -> bool:
    granted = any(part.startswith("billing=") for part in record[GRANTED].split(","))
    return granted and CLOSED not in {record["grpjobs"], record["grpsubmitjobs"]}


def _entry(found: State, name: str, record: Record) -> dict[str, Any]:
    removal = Removal("account", name)
    return {
        "name": name,
        "access_modes": record["qos"],
        "granted": record[GRANTED],
        "users": charging_users(found, removal),
        "delete": [f"account={name}", *(f"user={user}" for user in stranded_users(found, removal))],
    }
