"""Ask Slurm about this node, and tell it. Every call ends after a time limit: the controller may be away."""

import re
import subprocess

from node_health.catalogue import DRAIN
from node_health.judging import LEAVE, Step


class UnreachableError(Exception):
    """The controller did not answer; the next run tries again."""


def node_state(name: str, timeout_s: float) -> tuple[str, str]:
    """State (``IDLE+DRAIN``) and reason of a node."""
    return parse_node(_scontrol(timeout_s, "--oneliner", "show", "node", name))


def parse_node(text: str) -> tuple[str, str]:
    """State and reason from ``scontrol --oneliner show node``; the reason is empty if there is none."""
    state = re.search(r" State=(\S+)", text)
    if not state:
        raise UnreachableError("scontrol: no state of this node")
    reason = re.search(r" Reason=(.*?)(?: \[[^\[\]]*@[^\[\]]*\])?(?= Comment=| Extra=|\s*$)", text)
    return state[1], reason[1].strip() if reason else ""


def take(step: Step, name: str, timeout_s: float) -> bool:
    """Carry out a step; whether anything was told to Slurm."""
    if step.kind == LEAVE:
        return False
    change = ("state=DRAIN", f"reason={step.reason}") if step.kind == DRAIN else ("state=RESUME",)
    _scontrol(timeout_s, "update", f"nodename={name}", *change)
    return True


def _scontrol(timeout_s: float, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["scontrol", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreachableError(f"scontrol: {error}") from None
    if done.returncode != 0:
        raise UnreachableError(
            done.stderr.decode("utf-8", "replace").strip() or f"scontrol ended with {done.returncode}"
        )
    return done.stdout.decode("utf-8", "replace")
