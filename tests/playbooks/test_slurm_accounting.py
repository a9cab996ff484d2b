"""The module that keeps Slurm's accounting: what sacctmgr prints in, commands out."""

import importlib.util
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((Path(__file__).parent / "cases/slurm_accounting").glob("*.yaml"))
DEFAULTS = {"priority": 0, "max_wall_min": None, "max_jobs_per_user": None}


def load_module(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "playbooks/library" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


accounting = load_module("slurm_accounting")


def commands(case):
    declared = case["declared"]
    params = declared | {"default_qos": "normal", "qos": [DEFAULTS | mode for mode in declared["qos"]]}

    def sacctmgr(arguments):
        return "".join(f"{line}\n" for line in case["found"][arguments[arguments.index("show") + 1]])

    wanted = accounting.wanted_records(params)
    found = accounting.found_records(sacctmgr, declared["cluster"])
    return list(accounting.plan(declared["cluster"], wanted, found))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_commands(path):
    case = yaml.safe_load(path.read_text())
    assert commands(case) == case["commands"]


@pytest.mark.parametrize(
    ("printed", "minutes"),
    [("", ""), ("00:15:00", "15"), ("12:00:00", "720"), ("1-02:30:00", "1590"), ("30-00:00:00", "43200")],
)
def test_minutes_of_a_printed_limit(printed, minutes):
    assert accounting.minutes(printed) == minutes


def test_a_line_with_another_number_of_fields_is_not_guessed_at():
    with pytest.raises(ValueError, match="zip"):
        accounting.read(lambda _: "playground|100\n", "qos", ["name"], ["priority", "maxwall"])
