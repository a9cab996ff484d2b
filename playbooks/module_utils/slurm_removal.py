"""What somebody asked by name to delete from Slurm's accounting: what would be lost, and what forbids it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ansible.module_utils.slurm_records import State, children

REMOVABLE = ("account", "user", "association", "qos")
KEEPS = "the records of its past jobs stay"

JobsOf = Callable[["Removal"], Sequence[str]]
"""Numbers of the jobs, waiting or running, that a removal would take the ground from."""


class Removal(NamedTuple):
    """One thing to delete: a kind and a name (an association is ``user/account``)."""

    kind: str
    name: str


def parse_removal(text: str) -> Removal:
    """Read ``account=coast``; raises :exc:`ValueError` for another form.

    >>> parse_removal("association=ada/coast")
    Removal(kind='association', name='ada/coast')
    """
    kind, _, name = text.partition("=")
    parts = name.split("/")
    if kind not in REMOVABLE or not all(parts) or len(parts) != (2 if kind == "association" else 1):
        message = (
            f"{text!r} names nothing to delete, expected account=, user=, qos= or association=USER/ACCOUNT"
        )
        raise ValueError(message)
    return Removal(kind, name)


def squeue_arguments(removal: Removal) -> list[str]:
    """Which jobs a removal concerns, as arguments of squeue."""
    if removal.kind == "association":
        user, account = removal.name.split("/")
        return [f"--users={user}", f"--account={account}"]
    return [{"account": "--account", "user": "--users", "qos": "--qos"}[removal.kind] + f"={removal.name}"]


def is_there(found: State, removal: Removal) -> bool:
    """Whether there is anything to delete."""
    return removal.name in found[removal.kind]


def is_removed(removals: Sequence[Removal], pair: str) -> bool:
    """Whether an association (``user/account``) goes with one of the removals."""
    user, account = pair.split("/")
    gone = {Removal("user", user), Removal("account", account), Removal("association", pair)}
    return not gone.isdisjoint(removals)


def objections(found: State, wanted: State, removals: Sequence[Removal], jobs_of: JobsOf) -> Iterator[str]:
    """Everything that forbids these removals; nothing is deleted where there is any."""
    for removal in (removal for removal in removals if is_there(found, removal)):
        what = f"{removal.kind} {removal.name}"
        if removal.name in wanted[removal.kind]:
            yield f"{what}: the facility still declares it; take it out of there first"
        if removal.name in {"root", "normal"}:
            yield f"{what}: belongs to Slurm itself"
        jobs = jobs_of(removal)
        if jobs:
            some = ", ".join(jobs[:5])
            yield f"{what}: {len(jobs)} jobs wait or run ({some}); let them end or cancel them first"
        yield from _stranded(found, removals, removal)


def _stranded(found: State, removals: Sequence[Removal], removal: Removal) -> Iterator[str]:
    """Who or what would be left with nothing to stand on."""
    if removal.kind == "account":
        below = children(found["account"], removal.name)
        if below:
            yield f"account {removal.name}: {', '.join(below)} lie below it; delete or move them first"
    if removal.kind == "qos":
        using = sorted(
            name for name, record in found["account"].items() if removal.name in record["qos"].split(",")
        )
        if using:
            yield f"qos {removal.name}: accounts {', '.join(using[:5])} may still use it"
    for user in stranded_users(found, removal):
        if Removal("user", user) not in removals:
            yield f"{removal.kind} {removal.name}: {user} has no other account; name user={user} too"


def charging_users(found: State, removal: Removal) -> list[str]:
    """Users who may charge an account, or the one of an association."""
    pairs = [name.split("/") for name in found["association"]]
    if removal.kind == "association":
        return [removal.name.split("/")[0]]
    return sorted({pair[0] for pair in pairs if removal.kind == "account" and pair[1] == removal.name})


def _accounts_of(found: State, user: str) -> list[str]:
    return sorted({name.split("/")[1] for name in found["association"] if name.split("/")[0] == user})


def _gone(removal: Removal) -> str:
    return removal.name.split("/")[-1]


def stranded_users(found: State, removal: Removal) -> list[str]:
    """Users who would have no account after a removal."""
    users = charging_users(found, removal)
    return [user for user in users if _accounts_of(found, user) == [_gone(removal)]]


def losses(found: State, removal: Removal) -> str:
    """What a removal takes away, for the one who asked for it."""
    record = found[removal.kind][removal.name]
    limits = ", ".join(f"{field}={value}" for field, value in record.items() if value)
    if removal.kind == "account":
        users = ", ".join(charging_users(found, removal)) or "nobody"
        return f"account {removal.name}: may be charged by {users}; {limits}; counted usage; {KEEPS}"
    if removal.kind == "user":
        return f"user {removal.name}: may charge {', '.join(_accounts_of(found, removal.name))}; {KEEPS}"
    return f"{removal.kind} {removal.name}: {limits}; {KEEPS}"


def removal_commands(cluster: str, found: State, removals: Sequence[Removal]) -> Iterator[list[str]]:
    """Commands, users first, so that no default account is taken from under anybody."""
    there = [removal for removal in removals if is_there(found, removal)]
    leaving = {removal.name for removal in there if removal.kind == "user"}
    yield from (["delete", "user", "where", f"name={user}", f"cluster={cluster}"] for user in sorted(leaving))
    for removal in (removal for removal in there if removal.kind in {"account", "association"}):
        for user in (user for user in charging_users(found, removal) if user not in leaving):
            if found["user"].get(user, {}).get("defaultaccount") == _gone(removal):
                other = next(name for name in _accounts_of(found, user) if name != _gone(removal))
                place = [f"name={user}", f"cluster={cluster}"]
                yield ["modify", "user", "where", *place, "set", f"defaultaccount={other}"]
        if removal.kind == "account":
            yield ["delete", "account", "where", f"name={removal.name}", f"cluster={cluster}"]
        else:
            user, account = removal.name.split("/")
            yield ["delete", "user", "where", f"name={user}", f"account={account}", f"cluster={cluster}"]
    yield from (
        ["delete", "qos", "where", f"name={removal.name}"] for removal in there if removal.kind == "qos"
    )
