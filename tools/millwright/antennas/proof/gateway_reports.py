"""What an administrator reads off a gateway: the state of its tunnel, and sshd's log."""

import shlex
from pathlib import Path

from millwright.antennas.bundle.imported import takes_bundles
from millwright.antennas.gateway.wireguard import INTERFACE
from millwright.antennas.proof.audit import COMMAND, Entry, parse_journal
from millwright.antennas.proof.connections import connect_as_admin
from millwright.antennas.proof.visitor import run_on
from millwright.antennas.ssh.host_keys import resolve_target
from millwright.antennas.ssh.private_files import write_whole
from millwright.core.errors import FailedError, NotTestableError
from millwright.facility.model import Facility


def tunnel_report(facility: Facility, antenna: str) -> str:
    """What ``wg show`` prints on a gateway; it hides private keys by itself.

    Raises :exc:`NotTestableError` if the gateway can't be reached, and :exc:`FailedError`
    where it has no tunnel.
    """
    return _ask(facility, antenna, f"wg show {INTERFACE}")


def fetch_log(facility: Facility, antenna: str, destination: Path, *, since: str = "-1 hour") -> int:
    """Write the gateway's log of sshd and the tunnel to a file; gives its size in lines.

    ``since`` is a time as ``journalctl`` knows it. Raises as :func:`tunnel_report`.
    """
    units = f"-u ssh.service -u wg-quick@{INTERFACE}.service"
    text = _ask(facility, antenna, f"journalctl --no-pager -o short-iso {units} --since={shlex.quote(since)}")
    write_whole(destination, text)
    return len(text.splitlines())


def entries_of(facility: Facility, antenna: str, *, since: str) -> tuple[Entry, ...]:
    """Who entered a gateway; raises as :func:`tunnel_report`."""
    text = _ask(facility, antenna, f"{COMMAND} --since={shlex.quote(since)}")
    return parse_journal(text.splitlines())


def _ask(facility: Facility, antenna: str, command: str) -> str:
    gateway = facility.antennas[antenna].gateway
    if takes_bundles(facility, antenna):
        raise NotTestableError(
            f"{gateway} takes bundles and is not reached over SSH: ask its administrator", code="MW4202"
        )
    with connect_as_admin(resolve_target(facility, gateway)) as connection:
        result = run_on(connection)(command)
    if result.exited != 0:
        raise FailedError(f"{gateway}: {(result.stderr or result.stdout).strip()[-300:]}", code="MW4203")
    return result.stdout
