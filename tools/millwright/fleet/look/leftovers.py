"""What a role left on a host that the facility no longer gives that role: things that are still there.

An apply takes nothing off a host. Before a role is forgotten, the opposite of what it declared is kept,
so that a thing that differs from it is still there, and one that somebody removed is not told any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from millwright.fleet.look.declared_items import Thing, thing
from millwright.fleet.look.declared_state import DeclaredHost, DeclaredRole
from millwright.fleet.look.finding import HostLook, Order

ABSENT: Mapping[str, Mapping[str, Any]] = {
    "path": {"exists": False},
    "package": {"installed": False},
    "service": {"active": False, "enabled": False},
    "user": {"exists": False},
    "group": {"exists": False},
    "block": {"blocks": 0},
    "line": {"there": False},
}
"""How things are where nobody put them; of other kinds (kernel settings, answers) nothing says that."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One thing of a role that is gone."""

    role: str
    thing: Thing
    """The opposite of what was declared."""


def forget(before: DeclaredHost | None, roles: Mapping[str, DeclaredRole]) -> dict[str, tuple[Thing, ...]]:
    """What to keep of roles that a host had and has no more: the opposites of their things."""
    if before is None:
        return {}
    gone = {name: opposites(role.things) for name, role in before.roles.items() if role.things}
    had = {**before.left, **gone}
    return {name: things for name, things in had.items() if not (name in roles and roles[name].things)}


def opposites(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """How these things would be if nobody had put them there; those that were to be absent are left out."""
    return tuple(thing(each["kind"], each["of"], ABSENT[each["kind"]]) for each in things if _was_put(each))


def _was_put(declared: Thing) -> bool:
    absent, wants = ABSENT.get(declared["kind"]), declared["wants"]
    if declared["kind"] == "service":
        return bool(wants.get("active") or wants.get("enabled"))
    return absent is not None and not any(wants.get(name) == value for name, value in absent.items())


def leftovers_of(declared: DeclaredHost) -> tuple[Leftover, ...]:
    """What may be left on a host; what another role declares there now belongs to that one."""
    owned = {_key(each) for role in declared.roles.values() for each in role.things}
    return tuple(
        Leftover(name, each)
        for name, things in declared.left.items()
        for each in things
        if _key(each) not in owned
    )


def _key(found: Thing) -> tuple[str, str]:
    return found["kind"], repr(sorted(found["of"].items()))


def with_leftovers(order: Order, leftovers: Iterable[Leftover]) -> Order:
    """An order that looks at leftovers too, after everything else."""
    return Order((*order.things, *(each.thing for each in leftovers)))


def without_leftovers(look: HostLook, own: int) -> HostLook:
    """What a look says of the first ``own`` things: of what the host is to have."""
    return replace(
        look,
        differences=tuple(found for found in look.differences if found.number < own),
        untested={number: reason for number, reason in look.untested.items() if number < own},
    )


def found_there(look: HostLook, own: int, leftovers: tuple[Leftover, ...]) -> tuple[Leftover, ...]:
    """The leftovers that are still there."""
    there = {found.number - own for found in look.differences}
    return tuple(each for number, each in enumerate(leftovers) if number in there)
