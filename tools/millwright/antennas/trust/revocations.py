"""Who was shut out before their certificate ended: a list, and the key revocation list made from it."""

import datetime
import fcntl
import json
import re
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
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


WORDS = {Kind.USER: "id: {}", Kind.SERIAL: "serial: {}", Kind.KEY: "hash: {}"}
"""How ``ssh-keygen -k`` calls them."""
VERSION = re.compile(r"^# version ([0-9]+)\n")
LIFTED = re.compile(r"^# lifted (.+)$", re.MULTILINE)


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

    Raises :exc:`FailedError` if the file is damaged or lost, or lacks what sshd's list has: an empty list
    would let the revoked in again.
    """
    path = list_file(state)
    rows = _read_list(path) if path.exists() else ()
    source = krl_source(state)
    known = source.read_text(encoding="utf-8").splitlines() if source.exists() else ()
    listed = specification(row.key for row in rows).splitlines()
    if lost := [line for line in known if not line.startswith("#") and line not in listed]:
        raise FailedError(
            f"{path} lacks {len(lost)} revocations that hosts were given ({lost[0]}); restore it: "
            "it says who is shut out",
            code="MW4522",
        )
    return rows


def _read_list(path: Path) -> tuple[Revocation, ...]:
    try:
        rows = load_json(path.read_text(encoding="utf-8"))
        return tuple(Revocation(Kind(row["kind"]), row["value"], row["time"], row["reason"]) for row in rows)
    except (ValueError, LookupError, TypeError) as error:
        raise FailedError(
            f"{path} is damaged ({error!r}); restore it: it says who is shut out", code="MW4513"
        ) from error


def add_revocations(state: Path, added: Iterable[Revocation]) -> tuple[Revocation, ...]:
    """Put lines on the list, and give those that were not on it."""
    with _alone(state):
        held = read_revocations(state)
        keys = {each.key for each in held}
        fresh = tuple({each.key: each for each in added if each.key not in keys}.values())
        _write_list(state, (*held, *fresh))
        _write_krl(state)
    return fresh


def lift_revocations(state: Path, keys: Iterable[tuple[Kind, str]]) -> tuple[Revocation, ...]:
    """Take lines off the list, and give those that were on it."""
    wanted = set(keys)
    with _alone(state):
        held = read_revocations(state)
        # sshd's list first: killed in between, the line is on ours still, and is revoked again.
        _write_krl(state, lifted=wanted)
        _write_list(state, tuple(each for each in held if each.key not in wanted))
    return tuple(each for each in held if each.key in wanted)


def write_krl(state: Path) -> Path:
    """Make sshd's list from ours; an unchanged list keeps its file, so that a second run changes nothing.

    Raises :exc:`FailedError` as :func:`read_revocations`.
    """
    with _alone(state):
        return _write_krl(state)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Hold the lock of the list alone: a revocation waits for no run that changes hosts."""
    with (private_folder(list_file(state).parent) / "revocations.lock").open("a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_list(state: Path, rows: tuple[Revocation, ...]) -> None:
    write_whole(list_file(state), json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def specification(keys: Iterable[tuple[Kind, str]]) -> str:
    """The list in the language of ``ssh-keygen -k`` (its manual, "KEY REVOCATION LISTS")."""
    return "".join(f"{WORDS[kind].format(value)}\n" for kind, value in keys)


def krl_source(state: Path) -> Path:
    """What sshd's list is made from: its version, what was lifted, what is revoked."""
    return krl_file(state).with_name("revoked_keys.txt")


def _write_krl(state: Path, *, lifted: Collection[tuple[Kind, str]] = ()) -> Path:
    """Serials and key ids count whichever CA signed (``-s none``)."""
    krl, source = krl_file(state), krl_source(state)
    rows = [row.key for row in read_revocations(state) if row.key not in lifted]
    held = source.read_text(encoding="utf-8") if source.exists() else ""
    body = specification(rows)
    gone = [*LIFTED.findall(held), *specification(sorted(lifted)).splitlines()]
    marks = [f"# lifted {line}\n" for line in dict.fromkeys(gone) if line not in body.splitlines()]
    text = "".join([*marks, body])
    if krl.exists() and source.exists() and VERSION.sub("", held) == text:
        return krl
    known = VERSION.match(held)
    version = max(int(known[1]) + 1 if known else 1, time.time_ns() // 1000)
    with tempfile.TemporaryDirectory(dir=private_folder(krl.parent), prefix=".krl-") as folder:
        listed, made = Path(folder) / "list", Path(folder) / "krl"
        listed.write_text(text)
        output_of(["ssh-keygen", "-q", "-k", "-f", str(made), "-s", "none", str(listed)])
        made.chmod(0o644)
        made.replace(krl)
    write_whole(source, f"# version {version}\n{text}")
    return krl


def is_revoked(state: Path, key_id: str) -> bool:
    """Whether certificates with this key id are refused everywhere."""
    return any(row.key == (Kind.USER, key_id) for row in read_revocations(state))
