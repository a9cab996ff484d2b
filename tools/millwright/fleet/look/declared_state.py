"""The declared state of hosts as the last good run left it: one document a host in the state folder."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from millwright.core.files import write_atomically
from millwright.core.json_text import load_json
from millwright.fleet.look.declared_items import Thing

FORMAT = 1
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class DeclaredRole:
    """What a role declared on a host, and what it depended on when it did."""

    inputs: str
    """Digest of playbooks and variables."""
    files: str
    """Digest of the files of this machine that it reads."""
    is_settled: bool
    """Whether the last run ended well and the host was found as declared afterwards."""
    things: tuple[Thing, ...] = ()
    unseen: tuple[str, ...] = ()
    proved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredHost:
    """Everything that was declared on a host."""

    host: str
    basis: str = ""
    """Digest of what decides which roles the host has: playbooks and groups."""
    roles: Mapping[str, DeclaredRole] = field(default_factory=dict)
    itself: Thing | None = None
    """What the host is, by the look after the last good run."""
    left: Mapping[str, tuple[Thing, ...]] = field(default_factory=dict)
    """By role that the host had and has no more: how its things would be had they been removed."""

    def without(self, roles: Iterable[str]) -> "DeclaredHost":
        """The same host, with roles that are about to run and may be left half done."""
        changed = {name: replace(self.roles[name], is_settled=False) for name in roles if name in self.roles}
        return replace(self, roles={**self.roles, **changed})


@dataclass(frozen=True, slots=True)
class Store:
    """Where the documents lie; for their owner only."""

    folder: Path

    def key(self) -> bytes:
        """Key of all digests of this facility, made when it is first asked for."""
        path = self.folder / "digest.key"
        self._make_folder()
        try:
            found = bytes.fromhex(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            found = b""
        if len(found) != KEY_BYTES:
            found = secrets.token_bytes(KEY_BYTES)
            write_atomically(path, found.hex(), mode=0o600)
        return found

    def load(self, host: str) -> DeclaredHost | None:
        """The document of a host; None if there is none that this version can read."""
        try:
            found = load_json(self._path(host).read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                return None
            roles = {
                name: DeclaredRole(
                    **{**role, **{key: tuple(role[key]) for key in ("things", "unseen", "proved")}}
                )
                for name, role in found["roles"].items()
            }
            left = {name: tuple(things) for name, things in found.get("left", {}).items()}
            return DeclaredHost(host, found["basis"], roles, found["itself"], left)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # cut off or of another version: the host counts as new
            return None

    def save(self, declared: DeclaredHost) -> None:
        """Replace the document of a host; a process that is killed leaves the old one or the new one."""
        self._make_folder()
        roles = {name: asdict(role) for name, role in declared.roles.items()}
        content = {
            "format": FORMAT,
            "host": declared.host,
            "basis": declared.basis,
            "itself": declared.itself,
            "roles": roles,
            "left": declared.left,
        }
        write_atomically(self._path(declared.host), json.dumps(content, separators=(",", ":")), mode=0o600)

    def _path(self, host: str) -> Path:
        return self.folder / "hosts" / f"{host}.json"

    def _make_folder(self) -> None:
        for folder in (self.folder, self.folder / "hosts"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
