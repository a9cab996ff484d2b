"""Which runs of Ansible hosts need: pure, from what a survey found."""

from collections.abc import Iterable
from dataclasses import dataclass

from millwright.fleet.look.declared_items import PROOF
from millwright.fleet.look.role_inputs import Play, connected_roles
from millwright.fleet.look.survey import Need


@dataclass(frozen=True, slots=True)
class Run:
    """One run of Ansible."""

    hosts: tuple[str, ...]
    roles: tuple[str, ...] = ()
    """Roles to run; every role of the hosts where empty."""
    left_out: tuple[str, ...] = ()


def runs_for(needs: Iterable[Need], play: Play, *, is_check: bool = False) -> tuple[Run, ...]:
    """The runs, in their order: hosts that only change first, since new hosts may need what they change.

    One run serves all hosts that need some roles: a role that a host does not need changes nothing there,
    and a second start of Ansible costs more. A check takes the packages along, without which it can't say
    what the other roles would do.
    """
    some = [need for need in needs if not need.everything]
    whole = tuple(need.host for need in needs if need.everything)
    found: list[Run] = []
    if some:
        named = connected_roles(play, {role for need in some for role in need.roles})
        chosen = named | ({"packages"} & play.roles.keys() if is_check else {PROOF})
        left_out = tuple(sorted(play.roles.keys() - chosen))
        found.append(Run(tuple(need.host for need in some), tuple(sorted(chosen)), left_out))
    if whole:
        found.append(Run(whole))
    return tuple(found)
