"""Sends the program that looks to many hosts at once: one SSH round trip a host, by OpenSSH itself."""

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from millwright.adapters.ansible.inventory import AnsibleInventory
from millwright.facility.model import Facility
from millwright.fleet.look import program
from millwright.fleet.look.finding import HostLook, Order, read_answer

FORKS = 32
TIMEOUT_S = 300.0
CONNECT_TIMEOUT_S = 20
UNREACHABLE = 255
"""What ssh itself ends with where it did not get through."""
MAX_SOCKET_PATH_BYTES = 85
"""108 less what OpenSSH adds while it makes the socket."""
INTERPRETER = "/usr/bin/python3 -I -S -"


def look_at_hosts(
    facility: Facility,
    inventory: AnsibleInventory,
    orders: Mapping[str, Order],
    *,
    key: bytes,
    on_look: Callable[[HostLook], None] = lambda _: None,
) -> dict[str, HostLook]:
    """Look at each host as ordered, at most ``FORKS`` at a time; a host that hangs holds up no other."""

    def look(host: str) -> HostLook:
        found = _look(host, ssh_argv(facility, inventory, host), source_for(orders[host], key))
        on_look(found)
        return found

    with ThreadPoolExecutor(max_workers=FORKS) as pool:
        return {found.host: found for found in pool.map(look, orders)}


def answering_hosts(facility: Facility, inventory: AnsibleInventory, hosts: Iterable[str]) -> frozenset[str]:
    """Those of the hosts that can be entered now; nothing on them is looked at."""
    looks = look_at_hosts(facility, inventory, {host: Order(()) for host in hosts}, key=b"")
    return frozenset(host for host, look in looks.items() if look.is_reached)


def ssh_argv(facility: Facility, inventory: AnsibleInventory, host: str) -> list[str]:
    """How a host is reached: as Ansible reaches it, over a connection that the next round trip reuses."""
    variables = inventory.host_vars.get(host, {})
    config = ["-F", str(Path(facility.ssh.config).expanduser())] if facility.ssh.config else []
    address = str(variables.get("ansible_host", host))
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": CONNECT_TIMEOUT_S,
        "ServerAliveInterval": 10,
        "ServerAliveCountMax": 3,
        **_shared_connection(facility, address),
    }
    settings = [text for name, value in options.items() for text in ("-o", f"{name}={value}")]
    enter = INTERPRETER if facility.ssh.user == "root" else f"sudo -n {INTERPRETER}"
    return ["ssh", *config, *settings, "-l", facility.ssh.user, "--", address, enter]


def _shared_connection(facility: Facility, address: str) -> dict[str, object]:
    """Options that keep a connection for the next look, where the system allows so long a path.

    The configuration is part of the name: hosts of two facilities may be called the same.
    """
    name = "\0".join((facility.ssh.config or "", facility.name, facility.ssh.user, address))
    folder = Path.home() / ".ansible" / "cp"
    path = folder / f"look-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    if len(str(path).encode()) > MAX_SOCKET_PATH_BYTES:
        return {}
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {"ControlMaster": "auto", "ControlPersist": "120s", "ControlPath": path}


def source_for(order: Order, key: bytes) -> str:
    """The program with its order as a literal: the order is data, whatever is in it."""
    text = json.dumps({"key": key.hex(), "things": order.things})
    return f"{_program()}\nmain({text!a})\n"


def _program() -> str:
    return Path(program.__file__).read_text(encoding="utf-8")


def _look(host: str, argv: Iterable[str], source: str) -> HostLook:
    begun = time.time()
    try:
        done = subprocess.run(
            list(argv), input=source.encode(), capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return HostLook.unreached(host, f"did not answer within {TIMEOUT_S:g} s")
    message = done.stderr.decode(errors="replace").strip().splitlines()
    reason = message[-1] if message else f"ended with {done.returncode}"
    if done.returncode == UNREACHABLE:
        return HostLook.unreached(host, reason)
    return read_answer(host, done.stdout.decode(errors="replace"), reason, (begun, time.time()))
