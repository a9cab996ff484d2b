"""What a gateway is like now. Facts read; they change nothing."""

from dataclasses import dataclass

from pyinfra.api.command import QuoteString, StringCommand
from pyinfra.api.facts import FactBase

from millwright.antennas.gateway.guard import GUARD_PENDING


class WireguardModule(FactBase[bool]):
    """Whether the kernel brings WireGuard, so that no userspace implementation is needed."""

    def command(self) -> str:
        """Ask for the loaded module, then for one that could be loaded."""
        return "test -d /sys/module/wireguard || modprobe -nq wireguard && echo yes || echo no"

    def process(self, output: list[str]) -> bool:
        """One word."""
        return output == ["yes"]


class WireguardPublicKey(FactBase[str | None]):
    """The public half of a private key file; None if there is no usable key."""

    def command(self, private_key: str) -> StringCommand:
        """Derive it on the host: the private key stays where it is."""
        return StringCommand("wg pubkey <", QuoteString(private_key), "2>/dev/null || true")

    def process(self, output: list[str]) -> str | None:
        """One line, or nothing."""
        return output[0] if output else None


@dataclass(frozen=True, slots=True)
class LiveTunnel:
    """A WireGuard interface as it runs, whatever its files say."""

    public_key: str
    addresses: tuple[str, ...]
    peers: tuple[tuple[str, str, str, str], ...]
    """Public key, endpoint, allowed addresses and keepalive (s) of each peer."""


class LiveWireguard(FactBase[LiveTunnel | None]):
    """A running WireGuard interface; None if there is none."""

    def command(self, interface: str) -> StringCommand:
        """Leave out private and preshared keys (columns 1 and 2) on the host itself."""
        name = QuoteString(interface)
        return StringCommand(
            *("wg show", name, "public-key 2>/dev/null &&"),
            *("ip -o -4 addr show dev", name, "| awk '{print \"address\", $4}' &&"),
            *("wg show", name, "dump | awk 'NR > 1 {print \"peer\", $1, $3, $4, $8}' || true"),
        )

    def process(self, output: list[str]) -> LiveTunnel | None:
        """A key, then one line for each address and peer."""
        if not output:
            return None
        rows = [line.split() for line in output[1:]]
        return LiveTunnel(
            public_key=output[0],
            addresses=tuple(row[1] for row in rows if row[0] == "address"),
            peers=tuple((row[1], row[2], row[3], row[4]) for row in rows if row[0] == "peer"),
        )


class ChangeWaits(FactBase[bool]):
    """Whether a change of this kind waits for its confirmation: the host will take it back."""

    def command(self, kind: str) -> StringCommand:
        """Look where the guard keeps what it needs for that."""
        return StringCommand("test -e", QuoteString(f"{GUARD_PENDING}/{kind}/file"), "&& echo yes || echo no")

    def process(self, output: list[str]) -> bool:
        """One word."""
        return output == ["yes"]


class EffectiveSshd(FactBase[dict[str, str]]):
    """sshd's configuration for one user as all files together give it; empty if it is invalid."""

    def command(self, user: str) -> StringCommand:
        """Let sshd itself resolve includes and Match blocks."""
        match = QuoteString(f"user={user},host=localhost,addr=127.0.0.1")
        return StringCommand("sshd -T -C", match, "2>/dev/null || true")

    def process(self, output: list[str]) -> dict[str, str]:
        """Keywords in lower case; of a keyword given more than once the first counts, as in sshd."""
        values: dict[str, str] = {}
        for line in output:
            keyword, _, value = line.partition(" ")
            values.setdefault(keyword, value)
        return values


class FirewallInForce(FactBase[bool]):
    """Whether the running table is the one that was loaded last, as ``nft`` itself lists it."""

    def command(self, path: str, table: str) -> StringCommand:
        """Compare the running table with its listing of then."""
        listing = QuoteString(f"{path}.loaded")
        running = StringCommand("nft -s list table inet", QuoteString(table), "2>/dev/null")
        return StringCommand(running, "| cmp -s -", listing, "&& echo yes || echo no")

    def process(self, output: list[str]) -> bool:
        """One word."""
        return output == ["yes"]


class TimerStates(FactBase[tuple[str, ...]]):
    """Whether timers are enabled and active: two words for each."""

    def command(self, names: tuple[str, ...]) -> StringCommand:
        """Ask systemd about each; a unit that it does not know has the state of its own answer."""
        asked = [
            part
            for name in names
            for verb in ("is-enabled", "is-active")
            for part in (f"systemctl {verb}", QuoteString(name), "2>/dev/null || true;")
        ]
        return StringCommand(*asked)

    def process(self, output: list[str]) -> tuple[str, ...]:
        """One word a line."""
        return tuple(output)
