"""A command of its own changed what a role had declared: what hosts answer now counts as declared."""

from dataclasses import replace

from millwright.fleet.declared import Store
from millwright.fleet.sealing import seal
from millwright.fleet.survey import LookAtHosts
from millwright.fleet.things import Thing

OUTPUT = "output"


def reseal(host: str, role: str, store: Store, look_at: LookAtHosts) -> None:
    """Keep the answers that a host gives now to what one role asks; nothing where it never converged.

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
    """A thing that tells its output anew."""
    if OUTPUT not in thing["wants"]:
        return thing
    wants = {name: value for name, value in thing["wants"].items() if name != OUTPUT}
    return {**thing, "wants": wants, "seal": [*thing["seal"], OUTPUT]}
