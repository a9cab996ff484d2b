"""Ansible module ``slurm_accounting``: reads what slurmdbd holds, compares, and changes only what differs."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.former_people import former_people
from ansible.module_utils.slurm_changes import batch, differences, plan, undeclared
from ansible.module_utils.slurm_declared import closed_to, declared_state
from ansible.module_utils.slurm_open_grants import open_grants
from ansible.module_utils.slurm_records import State, read_state
from ansible.module_utils.slurm_removal import (
    Removal,
    is_removed,
    is_there,
    losses,
    objections,
    parse_removal,
    removal_commands,
    squeue_arguments,
)

DOCUMENTATION = r"""
module: slurm_accounting
short_description: Access modes, shares, accounts and users in Slurm's accounting
description:
  - Declares what shall be there. What is not declared stays, unless C(delete) names it.
  - Limits that somebody changed by hand are set back; every limit of a declared record is looked at.
  - A job that no limit of its QOS would ever let run is refused when it is submitted (C(DenyOnLimit)).
  - Asks slurmdbd three questions and gives it all changes in one session, whatever the number of accounts.
  - Asks again afterwards, and fails where slurmdbd does not hold what was set.
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
      max_jobs_per_user: {description: Running jobs of one user., type: int}
      max_jobs_per_account: {description: Running jobs of one account., type: int}
      max_submitted_per_user: {description: Running and waiting jobs of one user., type: int}
      max_submitted_per_account: {description: Running and waiting jobs of one account., type: int}
      max_accelerators_per_job: {description: Devices of one job., type: int}
      max_accelerators_per_user: {description: Devices of one user at a time., type: int}
      max_accelerators_per_account: {description: Devices of one account at a time., type: int}
      max_nodes_per_job: {description: Nodes of one job., type: int}
      max_nodes_per_user: {description: Nodes of one user at a time., type: int}
      max_nodes_per_account: {description: Nodes of one account at a time., type: int}
      preempts: {description: Access modes whose jobs give way., type: list, elements: str, default: []}
      when_preempted:
        description: What happens to a job that gives way.
        type: str
        choices: [requeue, cancel]
        default: requeue
      grace_s: {description: Seconds from the warning to the end of such a job., type: int, default: 0}
      protected_min: {description: Minutes before a job may be made to give way., type: int}
      usage_factor: {description: By what charged time is multiplied., type: float, default: 1.0}
  default_qos:
    description: QOS of a job that names none; an account without a grant may use it besides those declared.
    type: str
    default: normal
  shares:
    description: Shares of the machine's time, each an account above its grants.
    type: list
    elements: dict
    default: []
    suboptions:
      name: {description: Name., type: str, required: true}
      fair_share: {description: Weight against the other shares., type: int, required: true}
  accounts:
    description: Grants, each an account.
    type: list
    elements: dict
    default: []
    suboptions:
      name: {description: Name., type: str, required: true}
      parent: {description: Share that it draws from., type: str, default: root}
      fair_share: {description: Weight against the other grants of the share., type: int, default: 1}
      access_mode: {description: The one QOS that its jobs run in., type: str, required: true}
      billing_min: {description: Granted hours as minutes of the resource billing., type: int, required: true}
      start: {description: "First day on which jobs may start, ISO 8601.", type: str, required: true}
      end: {description: "Last day on which jobs may start, ISO 8601.", type: str, required: true}
  users:
    description: User name, and the accounts that the user may charge, the first being the default.
    type: dict
    default: {}
  former_comment:
    description: >-
      Comment of people whom Millwright made on this host. Whoever has it and is not in C(users) gets no job
      any more; other users of slurmdbd stay as they are.
    type: str
    default: ""
  today:
    description: Day for which grants are open or closed, ISO 8601; the host's own, UTC, where it is left out.
    type: str
  delete:
    description: What to delete, as C(account=NAME), C(user=NAME), C(qos=NAME) or C(association=USER/ACCOUNT).
    type: list
    elements: str
    default: []
attributes:
  check_mode: {support: full, description: Says what would change.}
  diff_mode: {support: full, description: Shows every field before and after.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure an access mode and a grant in it
  slurm_accounting:
    cluster: rack
    qos:
      - {name: playground, priority: 100, max_wall_min: 15}
    accounts:
      - name: coast
        access_mode: playground
        billing_min: 300000000000
        start: "2026-11-01"
        end: "2026-12-31"
    users:
      ada: [coast]
"""

RETURN = r"""
commands: {description: "The sacctmgr commands that were run, or would be.", type: list, returned: always}
differences: {description: "Fields that are not as declared.", type: list, returned: always}
undeclared: {description: What slurmdbd holds and nothing declares., type: list, returned: always}
open_grants:
  description: Grants that nothing declares and in which jobs may still start, with what closes each by name.
  type: list
  returned: always
losses: {description: What the deletions asked for take away., type: list, returned: always}
not_there: {description: Deletions asked for of what is not there., type: list, returned: always}
"""

MODE_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "priority": {"type": "int", "default": 0},
    "max_wall_min": {"type": "int"},
    **{f"max_jobs_per_{scope}": {"type": "int"} for scope in ("user", "account")},
    **{f"max_submitted_per_{scope}": {"type": "int"} for scope in ("user", "account")},
    **{f"max_accelerators_per_{scope}": {"type": "int"} for scope in ("job", "user", "account")},
    **{f"max_nodes_per_{scope}": {"type": "int"} for scope in ("job", "user", "account")},
    "preempts": {"type": "list", "elements": "str", "default": []},
    "when_preempted": {"type": "str", "choices": ["requeue", "cancel"], "default": "requeue"},
    "grace_s": {"type": "int", "default": 0},
    "protected_min": {"type": "int"},
    "usage_factor": {"type": "float", "default": 1.0},
}
SHARE_OPTIONS = {"name": {"type": "str", "required": True}, "fair_share": {"type": "int", "required": True}}
ACCOUNT_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "parent": {"type": "str", "default": "root"},
    "fair_share": {"type": "int", "default": 1},
    "access_mode": {"type": "str", "required": True},
    "billing_min": {"type": "int", "required": True},
    "start": {"type": "str", "required": True},
    "end": {"type": "str", "required": True},
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "cluster": {"type": "str", "required": True},
    "qos": {"type": "list", "elements": "dict", "default": [], "options": MODE_OPTIONS},
    "default_qos": {"type": "str", "default": "normal"},
    "shares": {"type": "list", "elements": "dict", "default": [], "options": SHARE_OPTIONS},
    "accounts": {"type": "list", "elements": "dict", "default": [], "options": ACCOUNT_OPTIONS},
    "users": {"type": "dict", "default": {}},
    "former_comment": {"type": "str", "default": ""},
    "today": {"type": "str"},
    "delete": {"type": "list", "elements": "str", "default": []},
}


def diff_text(found: State, wanted: State) -> dict[str, str]:
    """Only what differs, one field a line, so that thousands of accounts as declared say nothing."""
    rows = differences(found, wanted)
    before = [f"{row.kind} {row.name}: {row.field}={row.found}\n" for row in rows if row.found is not None]
    after = [f"{row.kind} {row.name}: {row.field}={row.wanted}\n" for row in rows]
    return {"before": "".join(before), "after": "".join(after)}


def _runner(module: AnsibleModule) -> Callable[..., str]:
    sacctmgr = module.get_bin_path("sacctmgr", required=True)

    def run(arguments: Sequence[str], data: str | None = None) -> str:
        return str(module.run_command([sacctmgr, "--immediate", *arguments], data=data, check_rc=True)[1])

    return run


def _removals(module: AnsibleModule, found: State, wanted: State) -> list[Removal]:
    """What may be deleted; fails, before anything was changed, with everything that forbids it."""
    try:
        removals = [parse_removal(text) for text in module.params["delete"]]
    except ValueError as error:
        module.fail_json(msg=str(error))

    def jobs_of(removal: Removal) -> list[str]:
        squeue = [module.get_bin_path("squeue", required=True), "--noheader", "--format=%A"]
        return str(module.run_command([*squeue, *squeue_arguments(removal)], check_rc=True)[1]).split()

    refused = list(objections(found, wanted, removals, jobs_of))
    if refused:
        module.fail_json(msg="\n".join([*refused, "nothing was changed"]))
    return removals


def _former(params: Mapping[str, Any]) -> list[str]:
    if not params["former_comment"]:
        return []
    passwd = Path("/etc/passwd").read_text(encoding="utf-8")
    return [person.name for person in former_people(passwd, params["former_comment"], params["users"])]


def _named(removals: Sequence[Removal], account: str) -> bool:
    return Removal("account", account) in removals


def _converge(module: AnsibleModule, params: Mapping[str, Any], today: datetime.date) -> dict[str, Any]:
    run, cluster = _runner(module), params["cluster"]
    wanted, found = declared_state(params, today), read_state(run, cluster)
    removals = _removals(module, found, wanted)
    closed = closed_to(found, wanted, _former(params))
    wanted["association"].update(
        {pair: row for pair, row in closed.items() if not is_removed(removals, pair)}
    )
    there = [removal for removal in removals if is_there(found, removal)]
    commands = [*plan(cluster, found, wanted), *removal_commands(cluster, found, removals)]
    result = {
        "changed": bool(commands),
        "commands": commands,
        "differences": [row._asdict() for row in differences(found, wanted)],
        "undeclared": [
            pair
            for pair in undeclared(found, wanted, ("root", params["default_qos"]))
            if Removal(*pair) not in removals
        ],
        "open_grants": [grant for grant in open_grants(found, wanted) if not _named(removals, grant["name"])],
        "losses": [losses(found, removal) for removal in there],
        "not_there": [f"{removal.kind}={removal.name}" for removal in removals if removal not in there],
        "diff": diff_text(found, wanted),
    }
    if commands and not module.check_mode:
        run([], batch(commands))
        left = differences(read_state(run, cluster), wanted)
        if left:
            rows = "; ".join(
                f"{row.kind} {row.name}: {row.field}={row.found}, not {row.wanted}" for row in left[:20]
            )
            module.fail_json(msg=f"slurmdbd took the changes and holds something else: {rows}", **result)
    return result


def main() -> None:
    """Entry point for Ansible."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    day = module.params["today"]
    today = datetime.date.fromisoformat(day) if day else datetime.datetime.now(datetime.timezone.utc).date()  # noqa: UP017 - Python 3.9
    result = _converge(module, module.params, today)
    for grant in result["open_grants"]:
        module.warn(
            f"the grant {grant['name']} is still open and the facility no longer has it; "
            f"slurm_accounts_delete closes it by name: {', '.join(grant['delete'])}"
        )
    module.exit_json(**result)


if __name__ == "__main__":
    main()
