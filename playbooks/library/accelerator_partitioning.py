"""Ansible module ``accelerator_partitioning``: how each accelerator is divided, changed without jobs only."""

from __future__ import annotations

import functools
import re
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

DOCUMENTATION = r"""
module: accelerator_partitioning
short_description: MIG instances of NVIDIA devices, partition modes of AMD devices
description:
  - Compares every device of the host with what is declared. Where one differs, it is repartitioned, but only
    on a node that Slurm calls drained and that runs no job; else the task fails and nothing is changed.
  - What is declared is read back after a change. A device that needs a reset or a boot first is told as such,
    for neither is done here.
options:
  vendor:
    description: Maker of the devices.
    type: str
    choices: [NVIDIA, AMD]
    required: true
  instances:
    description: MIG instances of one device, each with C(profile) and first memory slice C(start).
    type: list
    elements: dict
    default: []
  compute:
    description: Compute partition mode of AMD devices.
    type: str
  memory:
    description: Memory partition mode of AMD devices.
    type: str
  drivers:
    description: Where the kernel shows the devices of a driver.
    type: path
    default: /sys/bus/pci/drivers/amdgpu
attributes:
  check_mode:
    support: full
    description: Says which devices would be repartitioned; where no driver answers, C(untested) says why.
author: Millwright
"""

EXAMPLES = r"""
- name: Ensure seven instances
  accelerator_partitioning:
    vendor: NVIDIA
    instances: [{profile: 3g.40gb, start: 0}, {profile: 3g.40gb, start: 4}]
"""

RETURN = r"""
devices:
  description: Devices that were, or would be, repartitioned.
  type: list
  returned: always
  sample: ["0"]
"""

Run = Callable[[list[str]], tuple[int, str, str]]
Division = frozenset[tuple[str, int]]
LISTED = re.compile(r"^\|\s+(\d+)\s+MIG\s+(\S+)\s+\d+\s+\d+\s+(\d+):\d+\s+\|", re.MULTILINE)
FREE_STATES = ("drained", "down", "maint")
MODES = {"compute": "current_compute_partition", "memory": "current_memory_partition"}


def parse_modes(text: str) -> dict[str, bool]:
    r"""Whether MIG is on, for each device, from ``nvidia-smi --query-gpu=index,mig.mode.current``.

    >>> parse_modes("0, Enabled\n1, Disabled\n")
    {'0': True, '1': False}
    """
    rows = [line.split(",") for line in text.splitlines() if "," in line]
    return {row[0].strip(): row[1].strip() == "Enabled" for row in rows}


def parse_instances(text: str) -> dict[str, Division]:
    """Profile and first memory slice of every instance, from ``nvidia-smi mig -lgi``."""
    found: dict[str, set[tuple[str, int]]] = {}
    for device, profile, start in LISTED.findall(text):
        found.setdefault(device, set()).add((profile, int(start)))
    return {device: frozenset(instances) for device, instances in found.items()}


def differing(modes: Mapping[str, bool], found: Mapping[str, Division], wanted: Division) -> list[str]:
    """Devices that are not divided as wanted; a whole device has MIG off."""
    return [
        device
        for device, is_on in modes.items()
        if is_on != bool(wanted) or found.get(device, frozenset()) != wanted
    ]


def mig_commands(device: str, wanted: Division, *, is_on: bool, is_divided: bool) -> list[list[str]]:
    """What repartitions one device."""
    commands = []
    if is_divided:
        commands += [["nvidia-smi", "mig", "-i", device, "-dci"], ["nvidia-smi", "mig", "-i", device, "-dgi"]]
    if is_on != bool(wanted):
        commands.append(["nvidia-smi", "-i", device, "-mig", str(int(bool(wanted)))])
    if wanted:
        places = ",".join(f"{profile}:{start}" for profile, start in sorted(wanted, key=lambda item: item[1]))
        commands.append(["nvidia-smi", "mig", "-i", device, "-cgi", places, "-C"])
    return commands


def find_obstacle(run: Run, host: str) -> str:
    """Why the host's devices can't be divided now; empty if they can. What can't be asked is one."""
    status, state, _ = run(["sinfo", "--noheader", f"--nodes={host}", "--format=%T"])
    if status != 0:
        return "Slurm could not be asked whether it runs jobs"
    states = {line.strip().rstrip("*~#!%$@^-").lower() for line in state.splitlines()}
    if not states or not states <= set(FREE_STATES):
        listed = ", ".join(sorted(states)) or "unknown"
        return f"it is {listed}, not drained, so a job could start meanwhile"
    status, jobs, _ = run(["squeue", "--noheader", f"--nodelist={host}", "--format=%i"])
    if status != 0:
        return "Slurm could not be asked whether it runs jobs"
    return f"it runs jobs: {', '.join(jobs.split())}" if jobs.split() else ""


def amd_modes(drivers: Path, wanted: Mapping[str, str]) -> dict[Path, tuple[str, str]]:
    """Files of the kernel that say something else than wanted, with what they say and what is wanted."""
    found: dict[Path, tuple[str, str]] = {}
    for kind, mode in wanted.items():
        for path in sorted(drivers.glob(f"*:*/{MODES[kind]}")):
            current = path.read_text().strip()
            if current != mode:
                found[path] = (current, mode)
    return found


class Nvidia:
    """NVIDIA devices, each divided into the same instances."""

    def __init__(self, run: Run, instances: Iterable[Mapping[str, object]]) -> None:
        self._run = run
        self._wanted: Division = frozenset(
            (str(found["profile"]), int(str(found["start"]))) for found in instances
        )

    def _asked(self, argv: list[str], *, none_is_good: bool = False) -> str:
        status, out, err = self._run(argv)
        if status != 0 and not (none_is_good and "No " in out + err):
            raise OSError(f"{' '.join(argv)}: {(err or out).strip()}")
        return out

    def _look(self) -> tuple[dict[str, bool], dict[str, Division]]:
        query = ["nvidia-smi", "--query-gpu=index,mig.mode.current", "--format=csv,noheader"]
        modes = parse_modes(self._asked(query))
        if not any(modes.values()):
            return modes, {}
        return modes, parse_instances(self._asked(["nvidia-smi", "mig", "-lgi"], none_is_good=True))

    def differing(self) -> list[str]:
        """Devices that are divided otherwise."""
        return differing(*self._look(), self._wanted)

    def divide(self) -> None:
        """Divide those again; raises :exc:`OSError` with what the driver said."""
        modes, found = self._look()
        for device in differing(modes, found, self._wanted):
            steps = mig_commands(device, self._wanted, is_on=modes[device], is_divided=device in found)
            for step in steps:
                self._asked(step)


class Amd:
    """AMD devices, each in the same modes."""

    def __init__(self, drivers: Path, wanted: Mapping[str, str]) -> None:
        self._drivers, self._wanted = drivers, wanted

    def differing(self) -> list[str]:
        """Devices in other modes; raises :exc:`OSError` where the kernel shows none."""
        for kind in self._wanted:
            if not any(self._drivers.glob(f"*:*/{MODES[kind]}")):
                raise OSError(f"no device under {self._drivers} has a {kind} mode: is the driver loaded?")
        return sorted({path.parent.name for path in amd_modes(self._drivers, self._wanted)})

    def divide(self) -> None:
        """Memory first: it decides which compute modes there are."""
        for kind in ("memory", "compute"):
            mode = self._wanted.get(kind)
            for path in amd_modes(self._drivers, {kind: mode}) if mode else ():
                path.write_text(mode or "")


def explain(host: str, devices: Sequence[str], obstacle: str) -> str:
    """Why nothing was changed, and what to do."""
    return (
        f"{host}: devices {', '.join(devices)} are divided otherwise than declared, but {obstacle}. "
        "Nothing was changed. Drain the node, wait for its jobs, and apply again "
        "(millwright maintain does all of it)."
    )


def main() -> None:
    """Entry point for Ansible."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415 - the rest is plain Python, tested as such

    module = AnsibleModule(
        argument_spec={
            "vendor": {"type": "str", "choices": ["NVIDIA", "AMD"], "required": True},
            "instances": {"type": "list", "elements": "dict", "default": []},
            "compute": {"type": "str"},
            "memory": {"type": "str"},
            "drivers": {"type": "path", "default": "/sys/bus/pci/drivers/amdgpu"},
        },
        supports_check_mode=True,
    )
    run = functools.partial(module.run_command, handle_exceptions=False)
    given, host = module.params, socket.gethostname().partition(".")[0]
    modes = {kind: given[kind] for kind in MODES if given[kind]}
    devices: Nvidia | Amd = (
        Nvidia(run, given["instances"]) if given["vendor"] == "NVIDIA" else Amd(Path(given["drivers"]), modes)
    )
    try:
        found = devices.differing()
        if not found or module.check_mode:
            module.exit_json(changed=bool(found), devices=found)
        obstacle = find_obstacle(run, host)
        if obstacle:
            module.fail_json(msg=explain(host, found, obstacle), devices=found)
        devices.divide()
        left = devices.differing()
    except OSError as error:
        if module.check_mode:
            module.warn(f"{host}: how accelerators are divided can't be seen: {error}")
            module.exit_json(changed=False, untested=str(error))
        module.fail_json(msg=str(error))
    if left:
        text = f"{host}: the driver took the change but devices {', '.join(left)} still differ; they may need"
        module.fail_json(msg=f"{text} a reset or a boot, which is for a person to decide.", devices=left)
    module.exit_json(changed=True, devices=found)


if __name__ == "__main__":
    main()
