"""Ansible module ``slurm_accounting``: reads what slurmdbd holds, compares, and changes only what differs."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

DOCUMENTATION = r"""
module: slurm_accounting
short_description: Access modes, accounts and users in Slurm's accounting
description:
  - Declares what shall be there. Nothing is ever deleted, so the history of jobs stays complete.
  - Limits that somebody changed by hand are set back to what is declared.
  - A job that no limit of its QOS would ever let run is refused when it is submitted (C(DenyOnLimit)).
options:
  cluster:
    description: Name of the cluster, which slurmctld itself made known to slurmdbd.
    type: str
    required: true
  qos:
    description: Access modes, each a QOS.
    type: list
    elements: dict
    default: []
    suboptions:
      name: {description: Name., type: str, required: true}
      priority: {description: Priority., type: int, default: 0}
      max_wall_min: {description: Longest job in minutes; none where it is left out., type: int}
      max_jobs_per_user: {description: Running jobs of one user; none where it is left out., type: int}
  default_qos:
    description: QOS of a job that names none; every account may use it besides those declared.
    type: str
    default: normal
  users:
    description: User name, and the accounts that the user may charge, the first being the default.
    type: dict
    default: {}
attributes:
  check_mode: {support: full, description: Says what would change.}
  diff_mode: {support: full, description: Shows the records before and after.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure an access mode
  slurm_accounting:
    cluster: rack
    qos:
      - {name: playground, priority: 100, max_wall_min: 15}
    users:
      ada: [coast]
"""

RETURN = r"""
commands:
  description: The sacctmgr commands that were run, or would be.
  type: list
  returned: always
"""

Run = Callable[[Sequence[str]], str]
Command = list[str]
Record = dict[str, str]
Records = dict[str, Record]


def read(run: Run, entity: str, key: Sequence[str], fields: Sequence[str], *where: str) -> Records:
    """Records of one kind by key, as ``sacctmgr --parsable2`` prints them: field and text."""
    names = [*key, *fields]
    text = run(["--noheader", "--parsable2", "show", entity, *where, f"format={','.join(names)}"])
    rows = (dict(zip(names, line.split("|"), strict=True)) for line in text.splitlines() if line)
    return {"/".join(row[part] for part in key): {field: row[field] for field in fields} for row in rows}


def minutes(text: str) -> str:
    """Minutes of a time limit that sacctmgr printed (``1-02:30:00``); empty where there is none.

    >>> minutes("1-02:30:00")
    '1590'
    """
    if not text:
        return ""
    days, _, clock = text.rpartition("-")
    hours, mins, _ = clock.split(":")
    return str(int(days or 0) * 1440 + int(hours) * 60 + int(mins))


def _limit(value: object) -> str:
    return "" if value is None else str(value)


def wanted_records(params: dict[str, Any]) -> dict[str, Records]:
    """The declaration in the form in which :func:`found_records` reports."""
    qos = {
        mode["name"]: {
            "priority": str(mode["priority"]),
            "maxwall": _limit(mode["max_wall_min"]),
            "maxjobsperuser": _limit(mode["max_jobs_per_user"]),
            "flags": "DenyOnLimit",
        }
        for mode in params["qos"]
    }
    allowed = ",".join(sorted({params["default_qos"], *qos}))
    accounts = sorted({account for charged in params["users"].values() for account in charged})
    return {
        "qos": qos,
        "account": {account: {"qos": allowed} for account in accounts},
        "user": {user: {"defaultaccount": charged[0]} for user, charged in params["users"].items()},
        "association": {
            f"{user}/{account}": {} for user, charged in params["users"].items() for account in charged
        },
    }


def found_records(run: Run, cluster: str) -> dict[str, Records]:
    """What slurmdbd holds of the four kinds."""
    qos = read(run, "qos", ["name"], ["priority", "maxwall", "maxjobsperuser", "flags"])
    for record in qos.values():
        record["maxwall"] = minutes(record["maxwall"])
    associations = read(run, "association", ["account", "user"], ["qos"], f"cluster={cluster}")
    accounts = {
        key.removesuffix("/"): {"qos": ",".join(sorted(record["qos"].split(",")))}
        for key, record in associations.items()
        if key.endswith("/")
    }
    pairs = {"/".join(reversed(key.split("/"))): {} for key in associations if not key.endswith("/")}
    return {
        "qos": qos,
        "account": accounts,
        "user": read(run, "user", ["user"], ["defaultaccount"]),
        "association": pairs,
    }


def plan(cluster: str, wanted: dict[str, Records], found: dict[str, Records]) -> Iterator[Command]:
    """The sacctmgr commands that lead from what is found to what is wanted, in an order that works."""
    for name, record in wanted["qos"].items():
        yield from _plan_record("qos", [f"name={name}"], record, found["qos"].get(name))
    for name, record in wanted["account"].items():
        place = [f"name={name}", f"cluster={cluster}"]
        yield from _plan_record("account", place, record, found["account"].get(name))
    for pair in [pair for pair in wanted["association"] if pair not in found["association"]]:
        user, account = pair.split("/")
        yield ["add", "user", f"name={user}", f"account={account}", f"cluster={cluster}"]
    for name, record in wanted["user"].items():
        before = found["user"].get(name)
        if before is not None and before != record:
            yield ["modify", "user", "where", f"name={name}", f"cluster={cluster}", "set", *_settings(record)]


def _plan_record(
    entity: str, place: Sequence[str], wanted: Record, found: Record | None
) -> Iterator[Command]:
    if found is None:
        settings = [f"{key}={value}" for key, value in wanted.items() if value]
        yield ["add", entity, *place, *settings]
    elif differing := {key: value for key, value in wanted.items() if found[key] != value}:
        yield ["modify", entity, "where", *place, "set", *_settings(differing)]


def _settings(record: Record) -> list[str]:
    """Assignments; Slurm takes -1 for "no limit"."""
    return [f"{key}={value or -1}" for key, value in record.items()]


def _diff(wanted: dict[str, Records], found: dict[str, Records]) -> dict[str, str]:
    def lines(records: dict[str, Records]) -> str:
        return "".join(
            f"{kind} {key}: {record}\n"
            for kind, kept in wanted.items()
            for key in sorted(kept)
            if (record := records[kind].get(key)) is not None
        )

    return {"before": lines(found), "after": lines(wanted)}


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    mode = {
        "name": {"type": "str", "required": True},
        "priority": {"type": "int", "default": 0},
        "max_wall_min": {"type": "int"},
        "max_jobs_per_user": {"type": "int"},
    }
    module = AnsibleModule(
        argument_spec={
            "cluster": {"type": "str", "required": True},
            "qos": {"type": "list", "elements": "dict", "default": [], "options": mode},
            "default_qos": {"type": "str", "default": "normal"},
            "users": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    sacctmgr = module.get_bin_path("sacctmgr", required=True)

    def run(arguments: Sequence[str]) -> str:
        return str(module.run_command([sacctmgr, "--immediate", *arguments], check_rc=True)[1])

    cluster = module.params["cluster"]
    wanted, found = wanted_records(module.params), found_records(run, cluster)
    commands = list(plan(cluster, wanted, found))
    if not module.check_mode:
        for command in commands:
            run(command)
    module.exit_json(changed=bool(commands), commands=commands, diff=_diff(wanted, found))


if __name__ == "__main__":
    main()
