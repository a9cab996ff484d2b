"""Bringing revocations to the factory at once: one SSH round trip a host, beside whatever else changes it."""

import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from millwright.adapters.ansible.inventory import build_inventory
from millwright.antennas.trust.revocations import krl_source
from millwright.core.errors import FailedError, NotTestableError
from millwright.core.node_sets import fold
from millwright.core.places import product_root
from millwright.facility import Facility
from millwright.fleet.look.over_ssh import ssh_argv

LOGIN_FILE = "/etc/ssh/millwright_revoked_keys"
"""What the role ``ssh_trust`` lets sshd of the login node read."""
NODE_FILE = "/etc/ssh/millwright_node_revoked_keys"
"""What the role ``ssh_entry`` lets sshd of compute nodes read."""
FORKS = 32
CONNECT_S = 8
LIMIT_S = 30.0
"""Longest wait for a host, in seconds; one that answers takes below one."""


def push_revocations(file: Path, facility: Facility, *, state: Path) -> int:
    """Let the login node, then all compute nodes, follow the list of the state folder.

    Takes no lock of a run that changes hosts, and such a run does not undo it (module ``revoked_keys``).
    Gives the number of hosts. Raises :exc:`NotTestableError` with those that could not be reached, and
    :exc:`FailedError` if a host knows revocations that the list lacks.
    """
    inventory = build_inventory(facility, file)
    text = krl_source(state).read_text(encoding="utf-8")
    tunnels = [antenna.tunnel.gateway_address for antenna in facility.antennas.values()]

    def push(host: str, path: str, followed: Iterable[str] = ()) -> str:
        argv = [*ssh_argv(facility, inventory, host)]
        argv[1:1] = ["-o", f"ConnectTimeout={CONNECT_S}", "-o", "ControlMaster=no", "-o", "ControlPath=none"]
        try:
            done = subprocess.run(
                argv,
                input=program(text, path, followed),
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"did not answer within {LIMIT_S:g} s"
        lines = done.stderr.strip().splitlines()
        return "" if done.returncode == 0 else (lines[-1] if lines else f"ended with {done.returncode}")

    login = inventory.groups["login"]
    nodes = [host for host in inventory.groups["scheduled"] if host not in login]
    failed = {host: why for host in login if (why := push(host, LOGIN_FILE, tunnels))}
    if not failed:
        with ThreadPoolExecutor(max_workers=FORKS) as pool:
            answers = pool.map(lambda host: push(host, NODE_FILE), nodes)
            failed = {host: why for host, why in zip(nodes, answers, strict=True) if why}
    if failed:
        _refuse(failed)
    return len(login) + len(nodes)


def _refuse(failed: dict[str, str]) -> None:
    reasons: dict[str, list[str]] = {}
    for host, why in failed.items():
        reasons.setdefault(why, []).append(host)
    words = "; ".join(f"{fold(hosts)}: {why}" for why, hosts in reasons.items())
    if any(KEPT in why for why in reasons):
        raise FailedError(f"{words}; restore ca/revocations.json", code="MW4523")
    raise NotTestableError(words, code="MW4524")


KEPT = "the host goes on refusing"
"""How the answer of a host begins that knows more revocations than our list."""


def program(text: str, path: str, followed: Iterable[str]) -> str:
    """Python that puts a list in place on a host, and asks sshd whether it follows it from these addresses.

    It is the Ansible module's own code; list and path are literals, whatever is in them.
    """
    source = (product_root() / "playbooks" / "library" / "revoked_keys.py").read_text(encoding="utf-8")
    return f"""\
import os, subprocess, sys
os.umask(0o022)
names = {{"__name__": "revoked_keys"}}
exec({source!a}, names)
_, kept = names["install"]({text!a}, {path!a})
if kept:
    sys.exit({KEPT!a} + " " + ", ".join(kept[:3]) + ", which the list here lacks")
for address in {list(followed)!a}:
    ask = ["/usr/sbin/sshd", "-T", "-C", "user=nobody,host=gateway,addr=" + address]
    told = subprocess.run(ask, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
    if "revokedkeys " + {path!a} not in told.splitlines():
        sys.exit("sshd does not follow the list yet: apply first")
"""
