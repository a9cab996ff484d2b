"""The files of a CA that the facility makes itself, of which some are there only while it changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from millwright.antennas.ssh.keys import public_half


@dataclass(frozen=True, slots=True)
class OwnCa:
    """One CA of the facility, by the files that hold it."""

    folder: Path
    name: str
    whose: str
    """Whom it certifies: the users of an environment, or ``hosts``."""

    @property
    def current(self) -> Path:
        """The private key that signs now."""
        return self.folder / self.name

    @property
    def following(self) -> Path:
        """The private key that will sign, once everyone trusts it."""
        return self.folder / f"{self.name}.next"

    @property
    def former(self) -> Path:
        """The public key that signed until lately, trusted as long as one of its certificates is needed."""
        return self.folder / f"{self.name}.former.pub"

    @property
    def plan(self) -> Path:
        """When the next step may be taken."""
        return self.folder / f"{self.name}.rotation.json"


def trusted_keys(ca: OwnCa) -> Iterator[str]:
    """The public keys (type and base64) that are trusted now; two while the CA changes."""
    for path in (public_half(ca.current), public_half(ca.following), ca.former):
        if path.exists():
            yield " ".join(path.read_text(encoding="ascii").split()[:2])
