"""Operations on a gateway, case by case: facts and arguments in, commands out, or why there are none.

A case names its operation by its folder. An operation that does nothing must say why.
"""

import json
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
    return str(command)


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
