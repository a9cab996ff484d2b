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

WINDOW_S = 0.5
AGREEMENT = 0.01
WARM_UP_S = float(os.environ.get("MILLWRIGHT_WARM_UP_S", "60"))
"""Longest warm-up; a rehearsal (0) does one repetition and asks for no agreement."""

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


class WarmUp:
    """Repetitions that are never reported, until three windows of 0.5 s in a row agree within 1 %."""

    def __init__(self, limit=WARM_UP_S):
        self.limit = limit
        self.begin = time.monotonic()
        self.rates = []
        self.calls, self.busy, self.runs = 0, 0.0, 0

    def add(self, seconds):
        """Count one repetition."""
        self.runs, self.calls, self.busy = self.runs + 1, self.calls + 1, self.busy + seconds
        if self.busy >= WINDOW_S:
            self.rates = [*self.rates[-2:], self.calls / self.busy]
            self.calls, self.busy = 0, 0.0

    @property
    def is_steady(self):
        """Whether the last three windows agree."""
        return len(self.rates) == 3 and max(self.rates) - min(self.rates) <= AGREEMENT * max(self.rates)

    @property
    def is_needed(self):
        """Whether another repetition has to be warmed up with."""
        if self.runs == 0:
            return True
        return self.limit > 0 and not self.is_steady and time.monotonic() - self.begin < self.limit

    @property
    def is_unsteady(self):
        """Whether the time was up before three windows agreed."""
        return self.limit > 0 and not self.is_steady


def mark(word, metric="", device="", rep=None):
    """A line that marks samples of this node: all that its empty fields do not exclude."""
    found = {"probe": "mark", "mark": word, "metric": metric, "device": device, "rep": rep}
    return json.dumps({**found, "node": node_name()}) + "\n"


def finish(lines):
    """Print every sample and the line that vouches for them."""
    lines = [line for line in lines if line]
    sys.stdout.writelines(lines)
    samples = sum(line.startswith('{"metric"') for line in lines)
    sys.stdout.write(json.dumps({"probe": "done", "samples": samples, "node": node_name()}) + "\n")
    sys.stdout.flush()
