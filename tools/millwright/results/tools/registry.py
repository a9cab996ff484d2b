"""Which parser reads which tool, and how its series are named."""

from dataclasses import dataclass

from millwright.checks.parser import Parser
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.results.tools import fio, hpcc, ior, nccl_tests, osu


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose output can be imported."""

    name: str
    """As ``--tool`` takes it."""
    check: str
    """Name of its series; its declaration lies in the folder ``declarations``."""
    title: str
    parse: Parser
    hand_in: str
    """The files that prove a result."""


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("osu", "ToolOsu", "OSU micro-benchmarks 5.x to 7.x", osu.parse, "standard output and error"),
        Tool("fio", "ToolFio", "fio 2.x and 3.x", fio.parse, "standard output and error, JSON if possible"),
        Tool(
            "ior", "ToolIor", "IOR 3.x and 4.x", ior.parse, "standard output and error, or the summary file"
        ),
        Tool("hpcc", "ToolHpcc", "HPC Challenge 1.4 and 1.5", hpcc.parse, "hpccoutf.txt and hpccinf.txt"),
        Tool(
            "nccl-tests",
            "ToolNcclTests",
            "nccl-tests and rccl-tests",
            nccl_tests.parse,
            "standard output and error",
        ),
    )
}


def find_tool(name: str) -> Tool:
    """The tool of a name; raises :exc:`BadInputError` for one that has no parser."""
    if name in TOOLS:
        return TOOLS[name]
    known = f"one of {', '.join(TOOLS)}{did_you_mean(name, TOOLS)}"
    raise BadInputError([Problem("--tool", name, "no parser for this tool", known, code="MW6220")])
