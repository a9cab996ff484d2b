"""Ansible module ``slurm_daemon``: slurmd or sackd runs with its options, and never stops for nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

DOCUMENTATION = r"""
module: slurm_daemon
short_description: A daemon that fetches its configuration from a controller runs with its options
description:
  - A daemon without a controller can't start. So where none answers, one that runs is left as it is, one that
    does not is left waiting, and the task fails with what to do; nothing hangs, and no job notices.
  - In the tree of an image, where C(SYSTEMD_OFFLINE=1) holds, it is enabled and not started.
  - Whether a restart is due is read from the running process, so that an interrupted run is made good.
options:
  name:
    description: The daemon.
    type: str
    choices: [slurmd, sackd]
    required: true
  controllers:
    description: Controllers that it asks, as C(address:port), in their order.
    type: list
    elements: str
    required: true
  pending:
    description: Whether its unit was changed.
    type: bool
    default: false
  patience_s:
    description: How long, in seconds, a controller may take to accept a connection.
    type: float
    default: 3
attributes:
  check_mode: {support: full, description: Says whether it would be started or restarted.}
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure that slurmd runs
  slurm_daemon:
    name: slurmd
    controllers: ["10.0.0.1:6817"]
"""

RETURN = r"""
done:
  description: What was done, or would be.
  type: list
  returned: success
  sample: [restart]
"""

Run = Callable[[list[str]], tuple[int, str, str]]


class Unit(NamedTuple):
    """What systemd says of a service."""

    active: bool
    enabled: bool
    stale: bool
    pid: int
    starting: bool = False


def parse_unit(text: str) -> Unit:
    """From ``systemctl show --property=ActiveState,UnitFileState,NeedDaemonReload,MainPID``."""
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return Unit(
        active=values.get("ActiveState") == "active",
        enabled=values.get("UnitFileState") == "enabled",
        stale=values.get("NeedDaemonReload") == "yes",
        pid=int(values.get("MainPID") or 0),
        starting=values.get("ActiveState") == "activating",
    )


def asked_controllers(command_line: bytes) -> str:
    r"""The controllers that a running daemon was told to ask, from its command line in ``/proc``.

    >>> asked_controllers(b"/usr/sbin/slurmd\0--conf-server\0a:1,b:1\0")
    'a:1,b:1'
    """
    words = [word.decode(errors="replace") for word in command_line.split(b"\0")]
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--conf-server":
            return following
        if word.startswith("--conf-server="):
            return word.partition("=")[2]
    return ""


def find_steps(unit: Unit, asked: str, controllers: Sequence[str], *, pending: bool) -> tuple[str, ...]:
    """What systemd has to be told, in this order."""
    steps = []
    if unit.stale or pending:
        steps.append("daemon-reload")
    if not unit.enabled:
        steps.append("enable")
    if unit.starting:
        # It has waited since the boot for a controller or a key; a start would join that wait and its end.
        steps.append("restart")
    elif not unit.active:
        steps.append("start")
    elif pending or asked != ",".join(controllers):
        steps.append("restart")
    return tuple(steps)


def answers(controller: str, patience_s: float) -> bool:
    """Whether something listens at an address and port."""
    address, _, port = controller.rpartition(":")
    try:
        with socket.create_connection((address, int(port)), timeout=patience_s):
            return True
    except OSError:
        return False


def explain(name: str, controllers: Sequence[str], *, active: bool) -> str:
    """What a run says of a daemon that has no controller to ask."""
    state = (
        "goes on with its earlier options, and no job notices"
        if active
        else "is not running, and will start by itself when one does"
    )
    where = ", ".join(controllers)
    return f"no controller answers at {where}: {name} {state}. Start slurmctld, then apply again."


def command_line(pid: int) -> bytes:
    """Command line of a process; empty if it has gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def do(run: Run, name: str, steps: Sequence[str]) -> str:
    """Tell systemd; what went wrong, else nothing."""
    for step in steps:
        words = ["systemctl", step] if step == "daemon-reload" else ["systemctl", step, name]
        status, out, err = run(words)
        if status != 0:
            return f"systemctl {step} {name} ended with {status}: {(err or out).strip()}"
    return ""


def is_offline(environment: Mapping[str, str]) -> bool:
    """Whether no systemd runs here, so that a service can only be enabled, as systemctl(1) reads it."""
    return environment.get("SYSTEMD_OFFLINE") == "1"


def enable_only(run: Run, name: str) -> tuple[bool, str]:
    """Enable a service that starts at the first boot; whether it was not, and what went wrong."""
    if run(["systemctl", "is-enabled", name])[1].strip() == "enabled":
        return False, ""
    return True, do(run, name, ["enable"])


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={
            "name": {"type": "str", "choices": ["slurmd", "sackd"], "required": True},
            "controllers": {"type": "list", "elements": "str", "required": True},
            "pending": {"type": "bool", "default": False},
            "patience_s": {"type": "float", "default": 3},
        },
        supports_check_mode=True,
    )
    name, controllers = module.params["name"], module.params["controllers"]
    if is_offline(os.environ):
        changed, problem = enable_only(module.run_command, name)
        if problem:
            module.fail_json(msg=problem)
        module.exit_json(changed=changed, done=["enable"] if changed else [])
    asked_for = "--property=ActiveState,UnitFileState,NeedDaemonReload,MainPID"
    unit = parse_unit(module.run_command(["systemctl", "show", asked_for, name])[1])
    asked = asked_controllers(command_line(unit.pid))
    steps = find_steps(unit, asked, controllers, pending=module.params["pending"])
    if module.check_mode:
        module.exit_json(changed=bool(steps), done=steps)
    reachable = any(answers(controller, module.params["patience_s"]) for controller in controllers)
    due = {"start", "restart"} & set(steps)
    if due and not reachable:
        harmless = [step for step in steps if step not in due]
        do(module.run_command, name, harmless)
        if not unit.active:
            module.run_command(["systemctl", "start", "--no-block", name])
        module.fail_json(msg=explain(name, controllers, active=unit.active))
    if not reachable:
        module.warn(explain(name, controllers, active=unit.active))
    problem = do(module.run_command, name, steps)
    if problem:
        module.fail_json(msg=problem)
    module.exit_json(changed=bool(steps), done=steps)


if __name__ == "__main__":
    main()
