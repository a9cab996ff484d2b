"""The file that a node gets: one program, with nothing of the package left to look for."""

import ast
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "playbooks/roles/node_health"
MODULES = yaml.safe_load((ROLE / "vars/main.yml").read_text())["node_health_modules"]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    sys.path.insert(0, str(ROOT / "playbooks/filter_plugins"))
    from one_program import one_program

    path = tmp_path_factory.mktemp("program") / "millwright-node-health"
    path.write_text(one_program(str(ROLE / "files/node_health"), MODULES, "#!/usr/bin/python3 -IS"))
    return path


def test_every_module_is_in_it():
    assert sorted(MODULES) == sorted(path.stem for path in (ROLE / "files/node_health").glob("*.py"))


def test_it_imports_nothing_of_its_package_and_names_nothing_twice(program):
    tree = ast.parse(program.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("node_health")
    names = Counter(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    names.update(
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_it_names_only_what_is_there(program):
    fresh = program.with_suffix(".py")
    fresh.write_text(program.read_text())
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", str(fresh)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def expected(tmp_path):
    return {
        "node": "n1",
        "cpus": 1,
        "memory_mib": 1,
        "accelerators": None,
        "rdma_devices": [],
        "interfaces": [],
        "mounts": [],
        "min_free_percent": {},
        "services": [],
        "max_clock_skew_s": 5,
        "min_link_gbit_s": {},
        "left_out": ["memory_errors", "clock", "kernel_log", "kernel_taint", "temperature"],
        "hung_after_s": 600,
        "check_timeout_s": 10,
        "slurm_timeout_s": 1,
        "resume_after_good_runs": None,
        "memory_file": str(tmp_path / "memory.json"),
        "metrics_file": str(tmp_path / "metrics/health.prom"),
    }


def run(program, tmp_path, expected, *options):
    config = tmp_path / "health.json"
    config.write_text(json.dumps(expected))
    return subprocess.run(
        [sys.executable, "-IS", str(program), "--config", str(config), *options],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/nowhere"},
    )


def test_a_run_ends_quickly_and_writes_metrics(program, tmp_path, expected):
    done = run(program, tmp_path, expected)
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["action"]) == (0, "ok", "none")
    assert found["took_s"] < 5
    metrics = (tmp_path / "metrics/health.prom").read_text()
    assert 'millwright_node_health_verdict{verdict="ok"} 1\n' in metrics
    assert 'millwright_node_health_fault{code="FS_MISSING"} 0\n' in metrics


def test_without_a_controller_the_fault_is_told_by_the_next_run(program, tmp_path, expected):
    expected["mounts"] = [{"path": "/nowhere/at/all", "writable": True}]
    done = run(program, tmp_path, expected)
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"]) == (1, "faulty")
    assert [row["code"] for row in found["faults"]] == ["FS_MISSING"]
    assert found["action"].startswith("none: scontrol")
    assert 'fault{code="FS_MISSING"} 1' in (tmp_path / "metrics/health.prom").read_text()


def test_what_could_not_be_tested_has_an_exit_code_of_its_own(program, tmp_path, expected):
    expected["left_out"].remove("clock")
    done = run(program, tmp_path, expected)
    assert done.returncode == 3
    assert "clock" in json.loads(done.stdout)["could_not_test"]


def test_a_report_changes_nothing(program, tmp_path, expected):
    done = run(program, tmp_path, expected, "--report-only")
    assert done.returncode == 0
    assert not Path(expected["memory_file"]).exists()


def test_a_damaged_memory_is_forgotten(program, tmp_path, expected):
    Path(expected["memory_file"]).write_text("{")
    assert run(program, tmp_path, expected).returncode == 0


def test_a_configuration_that_is_not_there_is_bad_input(program, tmp_path):
    done = subprocess.run(
        [sys.executable, "-IS", str(program), "--config", str(tmp_path / "none")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
