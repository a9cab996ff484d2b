"""The way to a host through ``ProxyJump`` and ``ProxyCommand``, as OpenSSH's own ``ssh -G`` prints them.

The one reader for the tools that speak SSH themselves (Fabric, pyinfra); Ansible and the fleet's own commands
start OpenSSH with the operator's file. The jump itself is left to OpenSSH, so that its keys, pinned hosts and
further jumps are those of the operator.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from millwright.core.errors import NotTestableError
from millwright.core.process import output_of

HOP = re.compile(r"^(?:ssh://)?(?:(?P<user>[^@/]+)@)?(?P<host>\[[^\]]+\]|[^:/]+)(?::(?P<port>[0-9]+))?/?$")
TOKEN = re.compile("%[%hnpr]")
INDIRECT = re.compile(r"^\s*(ProxyJump|ProxyCommand|Include|Match)\b", re.IGNORECASE | re.MULTILINE)
"""Keywords that readers other than OpenSSH take differently, or not at all."""
Options = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _End:
    host: str
    address: str
    port: int
    user: str


class Endpoint(Protocol):
    """Where a connection ends."""

    @property
    def host(self) -> str:
        """Name in the operator's file."""

    @property
    def address(self) -> str:
        """Host name or address to connect to."""

    @property
    def port(self) -> int:
        """TCP port."""

    @property
    def user(self) -> str:
        """User to log in as."""


def client_options(text: str) -> dict[str, list[str]]:
    """What ``ssh -G`` prints, by keyword in small letters."""
    options: dict[str, list[str]] = {}
    for line in text.splitlines():
        keyword, _, value = line.partition(" ")
        options.setdefault(keyword.lower(), []).append(value)
    return options


def proxy_command(options: Options, end: Endpoint, config: str | None) -> str:
    """The command that connects to a host; empty if nothing lies between.

    Raises :exc:`NotTestableError` for a jump that is no host.
    """
    command = options.get("proxycommand", ["none"])[0]
    jumps = options.get("proxyjump", ["none"])[0]
    if jumps.lower() != "none":
        return _jump([hop.strip() for hop in jumps.split(",")], end, config)
    if command.lower() == "none":
        return ""
    values = {"%%": "%", "%h": end.address, "%n": end.host, "%p": str(end.port), "%r": end.user}
    return TOKEN.sub(lambda match: values[match[0]], command)


def _jump(hops: Sequence[str], end: Endpoint, config: str | None) -> str:
    last = HOP.match(hops[-1])
    if last is None:
        raise NotTestableError(f"{end.host}: ProxyJump {hops[-1]!r} is no host", code="MW1540")
    file = ["-F", str(Path(config).expanduser().absolute())] if config else []
    user = ["-l", last["user"]] if last["user"] else []
    port = ["-p", last["port"]] if last["port"] else []
    before = ["-J", ",".join(hops[:-1])] if hops[:-1] else []
    way = ["-W", f"[{end.address}]:{end.port}"]
    argv = ["ssh", *file, "-o", "BatchMode=yes", *before, *user, *port, *way, "--", last["host"].strip("[]")]
    return shlex.join(argv)


def flat_config(config: Path, host: str) -> str:
    """One host's options as a file that every reader takes alike, without jumps, includes and conditions."""
    options = client_options(output_of(["ssh", "-G", "-F", str(config), "--", host]))
    end = _End(host, options["hostname"][0], int(options["port"][0]), options["user"][0])
    lines = [
        f"Host {host}",
        f"  HostName {end.address}",
        f"  Port {end.port}",
        f"  User {end.user}",
        *(f"  IdentityFile {file}" for file in options.get("identityfile", ())),
        f"  IdentitiesOnly {options.get('identitiesonly', ['no'])[0]}",
        f"  UserKnownHostsFile {options.get('userknownhostsfile', ['~/.ssh/known_hosts'])[0]}",
    ]
    if command := proxy_command(options, end, str(config)):
        lines.append(f"  ProxyCommand {command.replace('%', '%%')}")
    return "\n".join(lines) + "\n"


def is_indirect(config: Path) -> bool:
    """Whether a file has anything that only OpenSSH itself reads as it is meant."""
    return config.is_file() and bool(INDIRECT.search(config.read_text(encoding="utf-8", errors="replace")))
