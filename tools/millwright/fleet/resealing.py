"""A command of its own changed what a role had declared: what hosts answer now counts as declared."""

from dataclasses import replace

from millwright.fleet.declared import Store
from millwright.fleet.sealing import seal
from millwright.fleet.survey import LookAtHosts
from millwright.fleet.things import Thing

OPENED = ("output", "digest")
"""What a host tells only as a digest: answers, and files that the command wrote."""


def reseal(host: str, role: str, store: Store, look_at: LookAtHosts) -> None:
    """Keep what a host tells now of the answers and files of one role; nothing where it never converged.

    The role's inputs stay as they were, so that an apply goes to it where they changed since.
    """
    declared = store.load(host)
    if declared is None or role not in declared.roles:
        return
    kept = declared.roles[role]
    opened = replace(kept, things=tuple(_opened(thing) for thing in kept.things))
    (sealed,) = seal([replace(declared, roles={role: opened})], look_at)
    store.save(replace(declared, roles={**declared.roles, role: sealed.roles[role]}))


def _opened(thing: Thing) -> Thing:
    """A thing that tells its output or content anew."""
    wants = {name: value for name, value in thing["wants"].items() if name not in OPENED}
    anew = [name for name in OPENED if name in thing["wants"]]
    return {**thing, "wants": wants, "seal": [*thing["seal"], *anew]}
