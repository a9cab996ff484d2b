"""What a gateway should be like. Operations declare; each says why when it has nothing to do."""

from collections.abc import Generator
from io import StringIO
from pathlib import Path

from pyinfra.api.command import (
    FileUploadCommand,
    FunctionCommand,
    PyinfraCommand,
    QuoteString,
    StringCommand,
)
from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host
from pyinfra.facts.deb import DebPackages
from pyinfra.facts.files import FileContents
from pyinfra.operations import apt

from antennas.facts import (
    ChangeWaits,
    EffectiveSshd,
    FirewallInForce,
    LiveWireguard,
    TimerStates,
    WireguardModule,
    WireguardPublicKey,
)
from millwright.antennas.gateway.confirmation import confirm_change
from millwright.antennas.gateway.guard import GUARD, GUARD_S
from millwright.antennas.gateway.wireguard import KEEPALIVE_S, publish_public_key

Commands = Generator[PyinfraCommand, None, None]


@operation()
def wireguard_packages(userspace: str = "wireguard-go", others: tuple[str, ...] = ()) -> Commands:
    """Ensure WireGuard's tools, its userspace implementation where the kernel has none, and others."""
    wanted = ["wireguard-tools"] + ([] if host.get_fact(WireguardModule) else [userspace]) + list(others)
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
    """Ensure the public key is in the state folder, where the factory's play reads it."""
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
def guarded_file(
    kind: str, path: str, content: str, reach: tuple[str, ...], seconds: int = GUARD_S
) -> Commands:
    """Ensure a file that decides who gets in: judged before it counts, and taken back unless confirmed.

    The host itself puts the old file back when nobody has entered again within ``seconds``: an apply
    that is killed, or that locked itself out, leaves the gateway as it was. What such an apply left and
    is not taken back yet is tried again, or it would go a moment after we found it as described.

    + kind: ``sshd`` or ``nftables``
    + reach: arguments of ``ssh`` that lead to the host; none on the host itself
    """
    there = host.get_fact(FileContents, path=path) == content.splitlines()
    if there and not host.get_fact(ChangeWaits, kind=kind):
        host.noop(f"{path} is as described")
        return
    yield FileUploadCommand(StringIO(content), f"{path}.new")
    yield StringCommand("chmod 0644", QuoteString(f"{path}.new"))
    yield StringCommand(GUARD, "try", kind, QuoteString(path), str(int(seconds)))
    yield FunctionCommand(confirm_change, (kind, reach), {})


@operation()
def firewall_in_force(path: str, table: str) -> Commands:
    """Ensure the running packet filter is the one that was loaded from the file."""
    if host.get_fact(FirewallInForce, path=path, table=table):
        host.noop(f"table {table} is in force")
        return
    listing = QuoteString(f"{path}.loaded")
    yield StringCommand("nft -f", QuoteString(path), "&& nft -s list table inet", table, ">", listing)


@operation()
def timers(names: tuple[str, ...]) -> Commands:
    """Ensure that timers run, also ones that somebody masked."""
    states = host.get_fact(TimerStates, names=names)
    if states == ("enabled", "active") * len(names):
        host.noop(f"{', '.join(names)} run")
        return
    quoted = [QuoteString(name) for name in names]
    yield StringCommand("systemctl unmask --quiet", *quoted)
    yield StringCommand("systemctl enable --quiet --now", *quoted)


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
