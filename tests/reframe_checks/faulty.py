"""Checks that print plausible samples and then misbehave, on the real base of the checks."""

import json
import shutil
import sys

from millwright.results.metrics import METRICS

from .conftest import CHECKS, DATA

CHECK = """
import reframe as rfm

from .plugin import MillwrightCheck


@rfm.simple_test
class {name}(MillwrightCheck, rfm.RunOnlyRegressionTest):
    valid_systems = ["+cpu"]
    valid_prog_environs = ["builtin"]
    probe = "fault.py"
    executable = "{python}"
    executable_opts = ["fault.py", "{fault}", {metrics!r}]
    time_limit = "2s"
"""


def write_check(folder, name, fault, python):
    units = json.dumps({metric: described.unit for metric, described in METRICS[name].items()})
    text = CHECK.format(name=name, fault=fault, python=python, metrics=f"'{units}'")
    (folder / f"{name.lower()}.py").write_text(text)


def make_home(folder, faults, python=sys.executable):
    """A checkout with the real base of the checks, and faulty checks on it."""
    checks = folder / "reframe_checks"
    checks.mkdir(parents=True)
    for path in (*CHECKS.glob("*.py"), CHECKS / "probe.h"):
        shutil.copy(path, checks)
    shutil.copy(DATA / "faults" / "fault.py", checks)
    for name, fault in faults.items():
        write_check(checks, name, fault, python)
    return folder
