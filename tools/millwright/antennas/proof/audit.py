"""Who entered a gateway, when, with which certificate, from where and to where: sshd's own log, read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from millwright.core.json_text import load_json

COMMAND = "journalctl --no-pager -u ssh.service -o json --output-fields=MESSAGE,_PID"
ENTERED = re.compile(
    r"^Accepted publickey for (?P<account>\S+) from (?P<address>\S+) port (?P<port>\d+) ssh2: "
    r"\S+-CERT SHA256:\S+ ID (?P<key_id>.*) \(serial (?P<serial>\d+)\) CA \S+ (?P<ca>SHA256:\S+)$"
)
CHILD = re.compile(r"^User child is on pid (?P<pid>\d+)$")
TARGET = re.compile(r"pid=(?P<pid>\d+)\): originator .*, target (?P<host>\S+) port (?P<port>\d+)$")
DENIED = re.compile(
    r"^Received request from (?P<address>\S+) port (?P<port>\d+) to connect to host (?P<host>\S+) "
    r"port (?P<to_port>\d+), but the request was denied"
)
LEFT = re.compile(
    r"^(?:Disconnected from|Connection closed by) (?:user \S+ )?(?P<address>\S+) port (?P<port>\d+)$"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One connection of a certificate's holder."""

    time_us: int
    """When it entered, in microseconds since 1970."""
    account: str
    key_id: str
    serial: int
    ca: str
    source: str
    """Address and port it came from."""
    targets: tuple[str, ...] = ()
    """Addresses and ports it asked for."""
    denied: tuple[str, ...] = ()
    """Those of them that the gateway refused."""
    left_us: int | None = None


@dataclass(slots=True)
class _Reader:
    """What is known while the journal is read; connections are told apart by port and process."""

    entries: list[Entry] = field(default_factory=list)
    by_source: dict[str, int] = field(default_factory=dict)
    by_pid: dict[int, int] = field(default_factory=dict)

    def take(self, time_us: int, pid: int, message: str) -> None:
        """Read one line."""
        if found := ENTERED.match(message):
            source = f"{found['address']}:{found['port']}"
            self.by_source[source] = self.by_pid[pid] = len(self.entries)
            self.entries.append(
                Entry(time_us, found["account"], found["key_id"], int(found["serial"]), found["ca"], source)
            )
        elif (found := CHILD.match(message)) and pid in self.by_pid:
            self.by_pid[int(found["pid"])] = self.by_pid[pid]
        elif (found := TARGET.search(message)) and int(found["pid"]) in self.by_pid:
            index = self.by_pid[int(found["pid"])]
            entry = self.entries[index]
            target = f"{found['host']}:{found['port']}"
            self.entries[index] = replace(entry, targets=(*entry.targets, target))
        elif (found := DENIED.match(message)) and self._source(found) in self.by_source:
            index = self.by_source[self._source(found)]
            entry = self.entries[index]
            target = f"{found['host']}:{found['to_port']}"
            self.entries[index] = replace(entry, denied=(*entry.denied, target))
        elif (found := LEFT.match(message)) and self._source(found) in self.by_source:
            index = self.by_source.pop(self._source(found))
            self.entries[index] = replace(self.entries[index], left_us=time_us)

    @staticmethod
    def _source(found: re.Match[str]) -> str:
        return f"{found['address']}:{found['port']}"


def parse_journal(lines: Iterable[str]) -> tuple[Entry, ...]:
    """Read ``journalctl -o json``, oldest first; lines that are none of sshd's about entry say nothing."""
    reader = _Reader()
    for time_us, pid, message in _records(lines):
        reader.take(time_us, pid, message)
    return tuple(reader.entries)


def _records(lines: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    for line in lines:
        try:
            record = load_json(line)
            message = record["MESSAGE"]
            time_us, pid = int(record["__REALTIME_TIMESTAMP"]), int(record.get("_PID", 0))
        except (ValueError, LookupError, TypeError):
            continue
        if isinstance(message, str):  # bytes that are no text come as a list of numbers
            yield time_us, pid, message
