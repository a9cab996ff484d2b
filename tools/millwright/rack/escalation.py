"""Root rights for the commands that change the host, asked for once and for that command only."""

import os
import sys
from collections.abc import Mapping

from millwright.rack.plan import RackPlan
from millwright.rack.requirements import look, require, what_is_missing

KEPT = ("HOME", "MILLWRIGHT_HOME", "MILLWRIGHT_SITE", "PATH", "LANG", "TERM", "NO_COLOR")


def sudo_argv(environment: Mapping[str, str], call: list[str]) -> list[str]:
    """The call again, through sudo, with the caller's home, so that state and caches stay theirs."""
    kept = [f"{name}={environment[name]}" for name in KEPT if name in environment]
    return ["sudo", "-n", "env", *kept, *call]


def become_root(plan: RackPlan) -> None:
    """Go on as root: nothing to do for root, the same call through sudo for others.

    Raises :exc:`NotTestableError` with everything missing where there is no way.
    """
    if os.geteuid() == 0:
        return
    require(what_is_missing(look(plan.cache), needs_tun=plan.needs_tun))
    call = [sys.executable, *sys.orig_argv[1:]]
    os.execvp("sudo", sudo_argv(os.environ, call))  # noqa: S606 - no shell is wanted
