"""Operations on a gateway, case by case: facts and arguments in, commands out, or why there are none.

A case names its operation by its folder. An operation that does nothing must say why.
"""

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from pyinfra.api import Config, FileUploadCommand, FunctionCommand
from pyinfra.context import ctx_config, ctx_host

CASES = sorted((Path(__file__).parent / "cases" / "operations").glob("*/*.json"))


class FakeHost:
    """A host of which only the case's facts are known; any other question is an error."""

    current_op_global_arguments: dict = {}  # noqa: RUF012 - as pyinfra names it

    def __init__(self, facts):
        self.facts, self.reasons = facts, []

    def get_fact(self, fact, **arguments):
        key = " ".join([fact.__name__, *(str(value) for value in arguments.values())])
        value = self.facts[key]
        return fact().process(value["process"]) if isinstance(value, dict) and "process" in value else value

    def noop(self, reason):
        self.reasons.append(reason)


def as_plain(command):
    if isinstance(command, FileUploadCommand):
        return ["upload", command.dest, command.src.read()]
    if isinstance(command, FunctionCommand):
        return ["call", command.function.__name__, *(str(argument) for argument in command.args)]
    from antennas.operations import REPLACE

    return str(command).replace(f"sh -c {shlex.quote(REPLACE)} sh", "REPLACE")


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_operation_yields_what_the_case_says(case, tmp_path):
    from antennas import operations

    text = case.read_text().replace("TMP", str(tmp_path))
    described = json.loads(text)
    for name, content in described.get("files", {}).items():
        Path(name).write_text(content)
    host = FakeHost(described["facts"])
    arguments = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in described["arguments"].items()
    }
    with ctx_host.use(host), ctx_config.use(Config()):
        commands = [as_plain(each) for each in getattr(operations, case.parent.name)._inner(**arguments)]
    assert commands == described.get("commands", [])
    assert host.reasons == described.get("noop", [])
    assert commands or host.reasons, "an operation that does nothing must say why"


def test_there_are_cases_for_every_operation():
    from antennas import operations

    declared = {
        name
        for name, value in vars(operations).items()
        if hasattr(value, "_inner") and value.__module__ == operations.__name__
    }
    assert declared == {case.parent.name for case in CASES}


@pytest.fixture
def replace(tmp_path):
    """Run the script that replaces a drop-in, with an sshd that refuses what the test says."""
    from antennas.operations import REPLACE

    tools = tmp_path / "bin"
    tools.mkdir()
    path = tmp_path / "10-antenna.conf"
    path.with_name("10-antenna.conf.new").write_text("new")

    def run(sshd):
        for name, text in (("sshd", sshd), ("systemctl", f'echo "$@" >> {tmp_path}/reloads')):
            (tools / name).write_text(f"#!/bin/sh\n{text}\n")
            (tools / name).chmod(0o755)
        environment = {"PATH": f"{tools}:{os.environ['PATH']}"}
        done = subprocess.run(["sh", "-c", REPLACE, "sh", path], env=environment, check=False)
        reloads = (tmp_path / "reloads").read_text() if (tmp_path / "reloads").exists() else ""
        return done.returncode, path.read_text() if path.exists() else None, reloads

    run.path = path
    return run


def test_an_accepted_drop_in_replaces_the_old_one_and_sshd_reloads(replace):
    replace.path.write_text("old")
    assert replace("exit 0") == (0, "new", "reload ssh.service\n")
    assert [each.name for each in replace.path.parent.glob("10-antenna.conf*")] == ["10-antenna.conf"]


def test_a_drop_in_that_sshd_refuses_never_replaces_the_old_one(replace):
    replace.path.write_text("old")
    assert replace("exit 255") == (255, "old", "")


@pytest.mark.parametrize("old", ["old", None])
def test_the_old_drop_in_comes_back_if_all_files_together_are_refused(replace, old):
    if old:
        replace.path.write_text(old)
    assert replace('[ "$2" = -f ]') == (1, old, "")
