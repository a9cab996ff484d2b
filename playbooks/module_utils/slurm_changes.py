"""From what slurmdbd holds to what is declared: the differences, and the sacctmgr commands that end them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Optional, TypeVar

from ansible.module_utils.slurm_records import Record, State, tres

Command = list[str]
Group = TypeVar("Group", bound=Hashable)
KINDS = ("qos", "account", "association", "user")
MOST_NAMES = 100
"""Names in one command: sacctmgr builds SQL of them."""
NOTHING = {"preempt": "", "qos": ""}
"""Lists are emptied by an empty text, all else by -1."""
SAFE_WORD = re.compile(r"[A-Za-z0-9_=+,./:@%-]*")


class Difference(NamedTuple):
    """One field of one record that is not as declared."""

    kind: str
    name: str
    field: str
    found: Optional[str]  # noqa: UP045 - a value of Python 3.9 at run time; None if the record is not there
    wanted: str


def differences(found: State, wanted: State) -> list[Difference]:
    """Every field that differs; of a record that is not there, every field that is declared."""
    return [
        Difference(kind, name, field, None if record is None else record[field], value)
        for kind in KINDS
        for name, declared in wanted[kind].items()
        for record in [found[kind].get(name)]
        for field, value in declared.items()
        if (value != record[field] if record is not None else value)
    ]


def undeclared(found: State, wanted: State, ignored: Iterable[str]) -> list[tuple[str, str]]:
    """Kind and name of what slurmdbd holds and nothing declares; it stays as it is."""
    own = set(ignored)
    return [
        (kind, name)
        for kind in KINDS
        for name in sorted(found[kind])
        if name not in wanted[kind] and not own.intersection(name.split("/"))
    ]


def plan(cluster: str, found: State, wanted: State) -> Iterator[Command]:
    """Commands in an order in which nothing refers to what is not there yet, equal changes together."""
    yield from _qos(found, wanted)
    for names in _levels(wanted["account"]):
        level = {name: wanted["account"][name] for name in names}
        yield from _records("account", [f"cluster={cluster}"], level, found["account"])
    yield from _associations(cluster, found, wanted)
    for value, names in _grouped(_changed_defaults(found, wanted)).items():
        for some in _chunks(names):
            place = [f"name={','.join(some)}", f"cluster={cluster}"]
            yield ["modify", "user", "where", *place, "set", f"defaultaccount={value}"]


def _qos(found: State, wanted: State) -> Iterator[Command]:
    """New ones without whom they pre-empt, which may come later in the list."""
    bare = {name: {**record, "preempt": ""} for name, record in wanted["qos"].items()}
    new = {name: record for name, record in bare.items() if name not in found["qos"]}
    yield from _records("qos", [], new, {})
    there = {**{name: {**record, "preempt": ""} for name, record in new.items()}, **found["qos"]}
    yield from _records("qos", [], wanted["qos"], there)


def _levels(accounts: Mapping[str, Record]) -> Iterator[list[str]]:
    """Accounts by depth, parents first; a parent that is not declared counts as there."""
    done: set[str] = set()
    rest = list(accounts)
    while rest:
        level = [
            name
            for name in rest
            if accounts[name]["parent"] in done or accounts[name]["parent"] not in accounts
        ]
        if not level:
            message = f"accounts that are above each other: {', '.join(rest)}"
            raise ValueError(message)
        yield level
        done.update(level)
        rest = [name for name in rest if name not in done]


def _records(
    entity: str, place: Sequence[str], wanted: Mapping[str, Record], found: Mapping[str, Record]
) -> Iterator[Command]:
    added: dict[str, tuple[str, ...]] = {}
    changed: dict[str, tuple[str, ...]] = {}
    for name, record in wanted.items():
        if name not in found:
            added[name] = tuple(f"{field}={value}" for field, value in record.items() if value)
        elif settings := tuple(_settings(record, found[name])):
            changed[name] = settings
    for settings, names in _grouped(added).items():
        for some in _chunks(names):
            yield ["add", entity, f"name={','.join(some)}", *place, *settings]
    for settings, names in _grouped(changed).items():
        for some in _chunks(names):
            yield ["modify", entity, "where", f"name={','.join(some)}", *place, "set", *settings]


def _associations(cluster: str, found: State, wanted: State) -> Iterator[Command]:
    added: dict[str, list[str]] = {}
    changed: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for pair, record in wanted["association"].items():
        user, account = pair.split("/")
        if pair not in found["association"]:
            added.setdefault(account, []).append(user)
        elif settings := tuple(_settings(record, found["association"][pair])):
            changed.setdefault((account, settings), []).append(user)
    for account, users in added.items():
        for some in _chunks(users):
            yield ["add", "user", f"name={','.join(some)}", f"account={account}", f"cluster={cluster}"]
    for (account, settings), users in changed.items():
        for some in _chunks(users):
            place = [f"name={','.join(some)}", f"account={account}", f"cluster={cluster}"]
            yield ["modify", "user", "where", *place, "set", *settings]


def _changed_defaults(found: State, wanted: State) -> dict[str, str]:
    """A new user's default is the account that is added first, in the order of the accounts."""
    first: dict[str, str] = {}
    added: dict[str, list[str]] = {}
    for pair in wanted["association"]:
        user, account = pair.split("/")
        if pair not in found["association"]:
            added.setdefault(account, []).append(user)
    for account, users in added.items():
        for user in users:
            first.setdefault(user, account)
    now = {
        user: found["user"].get(user, {}).get("defaultaccount") or first.get(user) for user in wanted["user"]
    }
    return {
        user: record["defaultaccount"]
        for user, record in wanted["user"].items()
        if now[user] != record["defaultaccount"]
    }


def _settings(wanted: Record, found: Record) -> Iterator[str]:
    for field, value in wanted.items():
        if value != found[field]:
            yield from _setting(field, value, found[field])


def _setting(field: str, value: str, before: str) -> Iterator[str]:
    """Assignments of one field; Slurm takes -1 for "no limit", of resources for each by its name."""
    if "tres" in field:
        gone = {name: "-1" for name in tres(before) if name not in tres(value)}
        yield (
            field
            + "="
            + ",".join(f"{name}={count}" for name, count in sorted({**tres(value), **gone}.items()))
        )
    else:
        yield f"{field}={value or NOTHING.get(field, '-1')}"


def _grouped(items: Mapping[str, Group]) -> dict[Group, list[str]]:
    groups: dict[Group, list[str]] = {}
    for name, value in items.items():
        groups.setdefault(value, []).append(name)
    return groups


def _chunks(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(names), MOST_NAMES):
        yield tuple(names[start : start + MOST_NAMES])


def batch(commands: Iterable[Command]) -> str:
    """Commands as lines for one sacctmgr; raises :exc:`ValueError` for a word that it could take apart."""
    lines = []
    for command in commands:
        for word in command:
            if not SAFE_WORD.fullmatch(word):
                message = f"{word!r} can't be given to sacctmgr"
                raise ValueError(message)
        lines.append(" ".join(command))
    return "".join(f"{line}\n" for line in [*lines, "quit"])
