"""What a gateway should be like. Operations declare; each says why when it has nothing to do."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from pyinfra import host
from pyinfra.api import FileUploadCommand, FunctionCommand, StringCommand, operation
from pyinfra.api.command import PyinfraCommand, QuoteString
from pyinfra.api.exceptions import OperationError
from pyinfra.facts.deb import DebPackages
from pyinfra.facts.files import FileContents
from pyinfra.operations import apt

from antennas.facts import EffectiveSshd, LiveWireguard, WireguardModule, WireguardPublicKey
from millwright.antennas.wireguard import KEEPALIVE_S, publish_public_key

Commands = Iterator[PyinfraCommand]


@operation()
def wireguard_packages(userspace: str = "wireguard-go") -> Commands:
    """Ensure WireGuard's tools, and its userspace implementation where the kernel has none."""
    wanted = ["wireguard-tools"] + ([] if host.get_fact(WireguardModule) else [userspace])
    installed = host.get_fact(DebPackages)
    missing = [name for name in wanted if name not in installed]
    if not missing:
        host.noop(f"packages {', '.join(wanted)} are installed")
        return
    yield from apt.update._inner()  # pyinfra's own way to nest operations
    yield from apt.packages._inner(packages=missing, no_recommends=True)


@operation()
def wireguard_key(path: str) -> Commands:
    """Ensure a private key, made on the host and readable by root only."""
    if host.get_fact(WireguardPublicKey, private_key=path):
        host.noop(f"{path} holds a key")
        return
    new = QuoteString(f"{path}.new")
    yield StringCommand("umask 077 && wg genkey >", new, "&& mv", new, QuoteString(path))


@operation()
def published_key(private_key: str, destination: str) -> Commands:
    """Ensure the public key stands in the state folder, where the factory's play reads it."""
    key = host.get_fact(WireguardPublicKey, private_key=private_key)
    published = Path(destination)
    if key and published.exists() and published.read_text(errors="replace").strip() == key:
        host.noop(f"{destination} holds the key")
        return
    yield FunctionCommand(publish_public_key, (key or "", published), {})


@operation()
def wireguard_tunnel(
    *, interface: str, private_key: str, address: str, peer: tuple[str, str, str]
) -> Commands:
    """Ensure the running tunnel is the described one; other peers keep their sessions.

    A changed peer is taken over by ``wg syncconf`` (systemctl reload); a changed address, or an
    interface that died under its service, needs a restart.

    + address: tunnel address of this gateway
    + peer: the factory's public key, endpoint and tunnel address
    """
    unit = QuoteString(f"wg-quick@{interface}.service")
    live = host.get_fact(LiveWireguard, interface=interface)
    key, endpoint, allowed = peer
    if live is None or live.addresses != (f"{address}/32",):
        yield StringCommand("systemctl restart", unit)
    elif (live.public_key, *live.peers) != (
        host.get_fact(WireguardPublicKey, private_key=private_key),
        (key, endpoint, f"{allowed}/32", str(KEEPALIVE_S)),
    ):
        yield StringCommand("systemctl reload", unit)
    else:
        host.noop(f"{interface} runs as described")


@operation()
def sshd_drop_in(path: str, content: str) -> Commands:
    """Ensure a file under ``sshd_config.d``.

    sshd judges it before it counts; the old one comes back if all files together are refused.
    """
    if host.get_fact(FileContents, path=path) == content.splitlines():
        host.noop(f"{path} is as described")
        return
    yield FileUploadCommand(StringIO(content), f"{path}.new")
    yield StringCommand("sh -c", QuoteString(REPLACE), "sh", QuoteString(path))


@operation()
def sshd_in_force(user: str, expected: dict[str, str]) -> Commands:
    """Ensure sshd applies the expected settings to a user.

    Where another file overrides them this is an error: which of the two is right, no tool can know.
    """
    effective = host.get_fact(EffectiveSshd, user=user)
    wrong = [
        f"{key} is {effective.get(key)!r}, not {value!r}"
        for key, value in expected.items()
        if effective.get(key) != value
    ]
    if wrong:
        yield FunctionCommand(_refuse, ("; ".join(wrong),), {})
    else:
        host.noop(f"sshd is in force for {user}")


def _refuse(problem: str) -> None:
    raise OperationError(f"sshd's other configuration files override the gateway's: {problem}")


REPLACE = """\
set -e
chmod 0644 "$1.new"
sshd -t -f "$1.new"
rm -f "$1.old"
if [ -e "$1" ]; then cp -p "$1" "$1.old"; fi
mv "$1.new" "$1"
if ! sshd -t; then
    if [ -e "$1.old" ]; then mv "$1.old" "$1"; else rm "$1"; fi
    exit 1
fi
rm -f "$1.old"
systemctl reload ssh.service
"""
