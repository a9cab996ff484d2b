"""ReFrame's configuration of a session with checks that others wrote, under the ReFrame that these need.

Stands alone: Millwright is not installed there. ``suite.json`` beside it holds the configuration as plain
data and, if the suite has one, the function of its own that completes it. The checks run as they are; added
is only that each case logs the final state of its job, without which no result counts.
"""

import importlib
import json
from pathlib import Path

from reframe.core.pipeline import RegressionTest


def job_state(check):
    """The scheduler's word for how the job ended; None if none ran."""
    return check.job.state if check.job else None


def nodes_taken(check):
    """On the local scheduler the name that the facility has for this machine, if it has one only."""
    partition = check.current_partition
    nodes = partition.extras.get("millwright_nodes", []) if partition else []
    return nodes if len(nodes) == 1 and partition.scheduler.registered_name == "local" else []


def log(name, read):
    """Let every case log one more property, as ``loggable_as`` does for one that a check defines."""
    attribute = f"_millwright_{name}"
    setattr(RegressionTest, attribute, property(read))
    RegressionTest._rfm_loggable_props = [*RegressionTest._rfm_loggable_props, (attribute, name)]


def configure(file):
    """The configuration that a file holds, completed by the suite's own function."""
    suite = json.loads(file.read_text(encoding="utf-8"))
    configuration = suite["configuration"]
    if suite["configure"]:
        module, _, function = suite["configure"].partition(":")
        getattr(importlib.import_module(module), function)(configuration)
    log("job_state", job_state)
    log("nodes_taken", nodes_taken)
    return configuration


SUITE = Path(__file__).with_name("suite.json")
if SUITE.is_file():  # not where Millwright's own checks are looked for, of which this is none
    site_configuration = configure(SUITE)
