"""The sample protocol of every Python probe, as ``probe.h`` is for C; staged beside the probe."""

import json
import math
import os
import socket
import sys
import time

WARM_UPS = 1
"""Repetitions that are never reported."""
REPETITIONS = int(os.environ.get("MILLWRIGHT_REPETITIONS", "15"))
"""Enough for a distribution-free interval of the median; a rehearsal may do with fewer."""

FAILED = 1
NOT_TESTABLE = 3


def stop(message, code=FAILED):
    """End without the last line, so that nothing of this output counts."""
    sys.stderr.write(f"probe: {message}\n")
    sys.exit(code)


def node_name():
    """Where the values come from: what the check says, else what Slurm says, else this host's name."""
    return os.environ.get("MILLWRIGHT_NODE") or os.environ.get("SLURMD_NODENAME") or socket.gethostname()


_last = time.time()


def began():
    """When the repetition that ends now began: seconds since 1970 UTC, at which the one before ended."""
    global _last
    before, _last = _last, time.time()
    return round(before, 6)


def sample(metric, value, unit, rep, device=""):
    """One line of the protocol; nothing for a warm-up, whose `rep` is negative."""
    started = began()
    if rep < 0:
        return ""
    if not math.isfinite(value):
        stop(f"{metric} is not a finite number in repetition {rep}")
    line = {"metric": metric, "value": value, "unit": unit, "rep": rep, "node": node_name(), "device": device}
    line["started"] = started
    return json.dumps(line) + "\n"


def finish(lines):
    """Print every sample and the line that vouches for them."""
    lines = [line for line in lines if line]
    sys.stdout.writelines(lines)
    sys.stdout.write(json.dumps({"probe": "done", "samples": len(lines), "node": node_name()}) + "\n")
    sys.stdout.flush()
