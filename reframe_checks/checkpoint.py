"""A session of ReFrame that can be killed: a report of the cases that ended, after each of them.

ReFrame writes its report when a session ends. Settings that are loaded with ``MILLWRIGHT_CHECKPOINT=FILE``
make it write one like it after every case, and with ``MILLWRIGHT_ENDED=FILE`` leave out the cases that an
earlier session ended: a JSON list of ``[unique name, partition, environment]``.
"""

import functools
import json
import os
import time
from pathlib import Path

from reframe.frontend.executors.policies import SerialExecutionPolicy
from reframe.frontend.reporting import RunReport

CHECKPOINT_VARIABLE = "MILLWRIGHT_CHECKPOINT"
ENDED_VARIABLE = "MILLWRIGHT_ENDED"


def install(environment):
    """Follow the sessions of this process as the variables of ``environment`` ask for."""
    checkpoint, ended = environment.get(CHECKPOINT_VARIABLE), environment.get(ENDED_VARIABLE)
    if not checkpoint:
        return
    started, session_info = time.time(), {}
    run_case, update_info = SerialExecutionPolicy.runcase, RunReport.update_session_info

    def keep_info(report, info):
        update_info(report, info)
        session_info.update(report["session_info"])

    def run_and_report(policy, case):
        if identity_of(case) in read_ended(ended) and not case.check.is_fixture():
            return
        run_case(policy, case)
        report = RunReport()
        update_info(report, session_info)
        report.update_timestamps(started, time.time())
        report.update_run_stats(policy.stats)
        write(report, Path(checkpoint))

    SerialExecutionPolicy.runcase, RunReport.update_session_info = run_and_report, keep_info


@functools.cache
def read_ended(file):
    """The cases to leave out; read when the first case is due, since ReFrame loads settings elsewhere."""
    return frozenset(map(tuple, json.loads(Path(file).read_text()))) if file else frozenset()


def identity_of(case):
    """What names a case in ReFrame's report."""
    return case.check.unique_name, case.partition.name, case.environ.name


def write(report, path):
    """Replace the file in one step; one that is cut would be worth nothing."""
    partial = path.with_name(f".{path.name}.partial")
    report.save(str(partial), link_to_last=False)
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)
