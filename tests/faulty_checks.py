"""Checks that print plausible samples and then misbehave, on the real base of the checks."""

import json
import shutil
import sys
from pathlib import Path

import yaml

from millwright.checks.registry import shipped_checks

ROOT = Path(__file__).resolve().parents[1]
CHECKS = ROOT / "reframe_checks"
DATA = ROOT / "tests/data/probes"

CHECK = """
import reframe as rfm

from reframe_checks.plugin import MillwrightCheck


@rfm.simple_test
class {name}(MillwrightCheck, rfm.RunOnlyRegressionTest):
    valid_prog_environs = ["builtin"]
    probe = "fault.py"
    executable = "{python}"
    executable_opts = ["fault.py", "{fault}", {metrics!r}]
    time_limit = "{limit}"
"""


def write_check(folder, name, fault, python):
    units = json.dumps({key: metric.unit for key, metric in shipped_checks()[name].metrics.items()})
    limit = "2s" if fault == "time-limit" else "60s"  # a loaded machine takes seconds to start Python
    code = CHECK.format(name=name, fault=fault, python=python, metrics=f"'{units}'", limit=limit)
    add_check(folder, name, code)
    shutil.copy(DATA / "faults" / "fault.py", folder / name.lower())


def add_check(folder, name, code):
    """A check of a shipped one's name and metrics that every processor takes."""
    place = folder / name.lower()
    place.mkdir(exist_ok=True)
    declared = yaml.safe_load((shipped_checks()[name].folder / "check.yaml").read_text())
    (place / "check.yaml").write_text(yaml.safe_dump(declared | {"features": ["cpu"]}))
    (place / "check.py").write_text(code)


def make_home(folder, faults, python=sys.executable):
    """A checkout with the real catalogue and base of the checks, and faulty checks on it."""
    checks = folder / "reframe_checks"
    checks.mkdir(parents=True)
    for path in (*CHECKS.glob("*.py"), CHECKS / "probe.h"):
        shutil.copy(path, checks)
    shutil.copytree(ROOT / "inventories/catalogue", folder / "inventories/catalogue")
    for name, fault in faults.items():
        write_check(checks, name, fault, python)
    return folder
