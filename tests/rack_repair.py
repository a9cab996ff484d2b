"""Brings the shared rack back to its declared state after a test that failed, so that it takes no other down.

Tests put back by themselves what no apply would: files, firewalls, processes and jobs of their own.
"""

import subprocess
import sys
import warnings

import pytest

DISTURBED = pytest.StashKey[str]()
"""The test that failed last, until the rack was repaired."""
PROVISIONED = pytest.StashKey[bool]()
"""The session has brought the rack to its declared state once."""

RESUME = (
    "for node in $(sinfo -h -N -t drain,down,fail -o %N | sort -u); do "
    "scontrol update nodename=$node state=resume || true; done"
)
COMMANDS = (
    ("rack", "up"),
    ("rack", "exec", "rack-ctl", "--", "sh", "-c", RESUME),
    ("apply", "rack"),
    ("antenna", "apply", "rack"),
)
"""What brings every host, node of Slurm and gateway back; each does nothing if there is nothing to do."""


def note_failure(item, report):
    """Remember a rack test that failed in any of its phases: the rack may be in any state now."""
    if report.failed and item.get_closest_marker("rack"):
        item.session.stash[DISTURBED] = item.nodeid


def _millwright(words):
    done = subprocess.run(
        [sys.executable, "-m", "millwright", *words], check=False, capture_output=True, text=True
    )
    return done.returncode, (done.stdout + done.stderr)[-500:]


def repair_before(item, run=_millwright):
    """Repair the rack before a rack test, if one before it failed."""
    stash = item.session.stash
    if DISTURBED not in stash or not stash.get(PROVISIONED, False) or not item.get_closest_marker("rack"):
        return
    culprit = stash[DISTURBED]
    del stash[DISTURBED]
    for words in COMMANDS:
        code, printed = run(words)
        if code != 0:
            text = f"after {culprit} the rack could not be repaired: millwright {' '.join(words)}: {printed}"
            warnings.warn(text, stacklevel=1)
