"""Pre-commit, GitHub and GitLab run targets of the Makefile, on the declared Python versions."""

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()
LINTERS = re.search(r"^LINTERS := (.*)$", MAKEFILE, re.MULTILINE)[1].split()
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


GITHUB = {path.name: read(f".github/workflows/{path.name}") for path in ROOT.glob(".github/workflows/*.yml")}
GITLAB = read(".gitlab-ci.yml")


def commands_of_github() -> Iterator[tuple[str, str]]:
    for name, workflow in GITHUB.items():
        for job, body in workflow["jobs"].items():
            for step in body["steps"]:
                if "run" in step:
                    yield f"{name}: {job}", step["run"]


def commands_of_gitlab() -> Iterator[tuple[str, str]]:
    for job, body in GITLAB.items():
        if isinstance(body, dict):
            yield from ((job, command) for command in body.get("script", []))


COMMANDS = [*commands_of_github(), *commands_of_gitlab()]


def targets_in(command: str) -> list[str]:
    """The targets that a call of make names; empty for any other command."""
    program, *words = shlex.split(command)
    if program != "make":
        return []
    return [word for word in words if "=" not in word and not word.startswith("-")]


def declared_pythons() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", c) for c in project["classifiers"]]
    return [match[1] for match in found if match]


def test_pre_commit_runs_the_linters_of_make_lint():
    """Both name targets, so the command lines behind them cannot differ."""
    hooks = [hook for repo in read(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert [hook["id"] for hook in hooks] == LINTERS
    assert [targets_in(hook["entry"]) for hook in hooks] == [[name] for name in LINTERS]
    assert not [hook["id"] for hook in hooks if hook["pass_filenames"]]


def commands_of_make(target):
    """The command lines of a target, without the lines that a make started by another make adds."""
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    outside = {name: value for name, value in os.environ.items() if name not in outer}
    done = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.ready", target],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        env=outside,
    )
    return done.stdout


def test_make_lint_runs_every_linter():
    single = [commands_of_make(name) for name in LINTERS]
    assert all(single)
    assert commands_of_make("lint") == "".join(single)


def test_every_linter_target_is_one_of_make_lint():
    assert {target for target in TARGETS if target.startswith("lint-")} == set(LINTERS)


@pytest.mark.parametrize(("job", "command"), COMMANDS, ids=[f"{job}: {command}" for job, command in COMMANDS])
def test_a_job_names_targets_that_exist(job, command):
    assert set(targets_in(command)) <= TARGETS, job


@pytest.mark.parametrize("commands", [commands_of_github, commands_of_gitlab])
def test_both_platforms_run_lint_unit_tests_rack_and_rehearsals(commands):
    run = {target for _, command in commands() for target in targets_in(command)}
    assert {"lint", "test-unit", "test-tools", "test-rack", "test-own-rack", "test-rehearsal"} <= run


def test_unit_tests_run_on_every_declared_python():
    pythons = declared_pythons()
    assert pythons
    assert GITHUB["ci.yml"]["jobs"]["unit"]["strategy"]["matrix"]["python"] == pythons
    assert GITLAB["unit"]["parallel"]["matrix"] == [{"PYTHON_VERSION": pythons}]


def test_rehearsals_run_on_a_schedule():
    """YAML reads the key ``on`` as true."""
    assert GITHUB["nightly.yml"][True]["schedule"]
    assert any("schedule" in rule["if"] for rule in GITLAB["rehearsal"]["rules"])


RACK_JOBS = [
    (name, job)
    for name, workflow in GITHUB.items()
    for job, body in workflow["jobs"].items()
    if "vars." in body["runs-on"]
]


@pytest.mark.parametrize(("name", "job"), RACK_JOBS)
def test_no_fork_runs_as_root_on_a_rack_runner(name, job):
    """A pull request from a fork must not reach a runner with root; the nightly run has no pull request."""
    condition = GITHUB[name]["jobs"][job]["if"]
    assert "vars.RACK_RUNNER != ''" in condition
    if "pull_request" in GITHUB[name][True]:
        assert "head.repo.full_name == github.repository" in condition


def test_actions_are_pinned_by_commit():
    uses = [
        step["uses"]
        for workflow in GITHUB.values()
        for body in workflow["jobs"].values()
        for step in body["steps"]
        if "uses" in step
    ]
    assert uses
    assert not [name for name in uses if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name)]
