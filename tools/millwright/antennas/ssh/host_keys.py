"""How the administrator's OpenSSH reaches a host, and which host keys are pinned for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from millwright.adapters.openssh.proxies import client_options, proxy_command
from millwright.core.errors import NotTestableError
from millwright.core.process import output_of, run_tool
from millwright.facility.model import Facility


@dataclass(frozen=True, slots=True)
class SshTarget:
    """One host as OpenSSH's client configuration describes it."""

    host: str
    address: str
    port: int
    user: str
    identity_files: tuple[Path, ...]
    identities_only: bool
    known_hosts_files: tuple[Path, ...]
    names_in_known_hosts: tuple[str, ...]
    proxy: str = ""
    """Command whose input and output are the connection; empty for a direct one."""


def resolve_target(facility: Facility, host: str) -> SshTarget:
    """Ask OpenSSH itself (``ssh -G``) how it would reach a host of the facility.

    Raises :exc:`NotTestableError` if the configuration that the facility names does not exist.
    """
    arguments = ["ssh", "-G", "-l", facility.ssh.user]
    if facility.ssh.config is not None:
        config = Path(facility.ssh.config).expanduser()
        if not config.is_file():
            raise NotTestableError(
                f"{config} is missing, so no host of {facility.name} can be reached; is it up?", code="MW4402"
            )
        arguments = ["ssh", "-G", "-F", str(config)]
    text = output_of([*arguments, "--", host])
    target = parse_target(text, host, facility.address_of(host))
    return replace(target, proxy=proxy_command(client_options(text), target, facility.ssh.config))


def parse_target(text: str, host: str, address: str) -> SshTarget:
    """Parse what ``ssh -G`` prints; ``address`` is used where the configuration names no other."""
    options = client_options(text)
    named = options["hostname"][0]
    address = address if named == host else named
    port = int(options["port"][0])
    alias = options.get("hostkeyalias", ["none"])[0]
    names = (alias,) if alias != "none" else (address, host)
    return SshTarget(
        host=host,
        address=address,
        port=port,
        user=options["user"][0],
        identity_files=tuple(Path(value).expanduser() for value in options.get("identityfile", [])),
        identities_only=options.get("identitiesonly", ["no"])[0] == "yes",
        known_hosts_files=tuple(_files(options.get("userknownhostsfile", []))),
        names_in_known_hosts=tuple(name if port == 22 else f"[{name}]:{port}" for name in names),
    )


def _files(values: Iterable[str]) -> Iterable[Path]:
    """Split several files on one line, but keep one file whose path holds a space."""
    for value in values:
        whole = Path(value).expanduser()
        yield from [whole] if whole.is_file() else (Path(part).expanduser() for part in value.split())


def pinned_keys(target: SshTarget) -> tuple[str, ...]:
    """Find the pinned host keys (``type base64``) of a host; hashed and plain files alike.

    Raises :exc:`NotTestableError` if none is pinned: a host that can't be recognised is not asked.
    """
    found: dict[str, None] = {}
    for file in target.known_hosts_files:
        for name in target.names_in_known_hosts:
            if file.is_file():
                # ssh-keygen ends with 1 where it finds nothing
                found |= dict.fromkeys(_keys(run_tool(["ssh-keygen", "-F", name, "-f", str(file)]).stdout))
    if not found:
        files = ", ".join(str(file) for file in target.known_hosts_files)
        names = " or ".join(target.names_in_known_hosts)
        raise NotTestableError(
            f"{target.host}: no host key is pinned for {names} in {files}; 'millwright antenna pin' does it",
            code="MW4403",
        )
    return tuple(found)


def _keys(text: str) -> Iterable[str]:
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 3 and not line.startswith(("#", "@")):
            yield f"{fields[1]} {fields[2]}"
