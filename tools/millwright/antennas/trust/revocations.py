"""Who was shut out before their certificate ended: a list, and the key revocation list made from it."""

import datetime
import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from millwright.antennas.ssh.private_files import private_folder, write_whole
from millwright.core.errors import BadInputError, FailedError, Problem
from millwright.core.json_text import load_json
from millwright.core.process import output_of


class Kind(StrEnum):
    """What is revoked."""

    USER = "user"
    """Every certificate with this key id, also ones that would be signed later."""
    SERIAL = "serial"
    KEY = "key"
    """A public key, alone or in a certificate, or the key of a CA with all that it signed."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """One line of the list."""

    kind: Kind
    value: str
    """A key id, a serial, or the SHA-256 fingerprint of a key."""
    time: str
    """When it was added, ISO 8601 in UTC."""
    reason: str

    @property
    def key(self) -> tuple[Kind, str]:
        """What it is about."""
        return self.kind, self.value


PATTERNS = {
    Kind.USER: r"[a-z][a-z0-9-]{0,31}/[a-z][a-z0-9-]{0,31}/[a-z_][a-z0-9_-]{0,30}",
    Kind.SERIAL: r"[1-9][0-9]{0,18}",
    Kind.KEY: r"SHA256:[A-Za-z0-9+/]{43}",
}
EXPECTED = {
    Kind.USER: "facility/antenna/user",
    Kind.SERIAL: "a serial from 1 on",
    Kind.KEY: "SHA256: and 43 characters",
}


def new_revocation(kind: Kind, value: str, reason: str, now: datetime.datetime) -> Revocation:
    """Make a line of the list.

    Raises :exc:`BadInputError` for a value or reason that ``ssh-keygen`` could read as something else.
    """
    problems = []
    if not re.fullmatch(PATTERNS[kind], value):
        problems.append(
            Problem("revoke", kind, f"{value[:80]!r} is not valid", EXPECTED[kind], code="MW4511")
        )
    if not reason.isprintable() or len(reason) > 200:
        problems.append(
            Problem("revoke", "reason", "not one printable line", "at most 200 characters", code="MW4512")
        )
    if problems:
        raise BadInputError(problems)
    return Revocation(kind, value, now.astimezone(datetime.UTC).isoformat(timespec="seconds"), reason)


def list_file(state: Path) -> Path:
    """The list, as a person may read it."""
    return state / "ca" / "revocations.json"


def krl_file(state: Path) -> Path:
    """The key revocation list that sshd reads."""
    return state / "trust" / "revoked_keys"


def read_revocations(state: Path) -> tuple[Revocation, ...]:
    """The list; empty if nobody was revoked.

    Raises :exc:`FailedError` if the file is damaged: an empty list would let the revoked in again.
    """
    path = list_file(state)
    if not path.exists():
        return ()
    try:
        rows = load_json(path.read_text(encoding="utf-8"))
        return tuple(Revocation(Kind(row["kind"]), row["value"], row["time"], row["reason"]) for row in rows)
    except (ValueError, LookupError, TypeError) as error:
        raise FailedError(
            f"{path} is damaged ({error!r}); restore it: it says who is shut out", code="MW4513"
        ) from error


def add_revocations(state: Path, added: Iterable[Revocation]) -> tuple[Revocation, ...]:
    """Put lines on the list, and give those that were not on it."""
    held = read_revocations(state)
    keys = {each.key for each in held}
    fresh = tuple({each.key: each for each in added if each.key not in keys}.values())
    _write(state, (*held, *fresh))
    return fresh


def lift_revocations(state: Path, keys: Iterable[tuple[Kind, str]]) -> tuple[Revocation, ...]:
    """Take lines off the list, and give those that were on it."""
    wanted, held = set(keys), read_revocations(state)
    lifted = tuple(each for each in held if each.key in wanted)
    _write(state, tuple(each for each in held if each.key not in wanted))
    return lifted


def _write(state: Path, rows: tuple[Revocation, ...]) -> None:
    write_whole(list_file(state), json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    write_krl(state)


def specification(rows: Iterable[Revocation]) -> str:
    """The list in the language of ``ssh-keygen -k`` (its manual, "KEY REVOCATION LISTS")."""
    words = {Kind.USER: "id: {}", Kind.SERIAL: "serial: {}", Kind.KEY: "hash: {}"}
    return "".join(f"{words[row.kind].format(row.value)}\n" for row in rows)


def write_krl(state: Path) -> Path:
    """Make sshd's list from ours; an unchanged list keeps its file, so that a second run changes nothing.

    Serials and key ids count whichever CA signed (``-s none``).
    """
    krl, text = krl_file(state), specification(read_revocations(state))
    made_from = krl.with_name(f"{krl.name}.txt")
    if krl.exists() and made_from.exists() and made_from.read_text() == text:
        return krl
    with tempfile.TemporaryDirectory(dir=private_folder(krl.parent), prefix=".krl-") as folder:
        source, made = Path(folder) / "list", Path(folder) / "krl"
        source.write_text(text)
        output_of(["ssh-keygen", "-q", "-k", "-f", str(made), "-s", "none", str(source)])
        made.chmod(0o644)
        made.replace(krl)
    write_whole(made_from, text)
    return krl


def is_revoked(state: Path, key_id: str) -> bool:
    """Whether certificates with this key id are refused everywhere."""
    return any(row.key == (Kind.USER, key_id) for row in read_revocations(state))
