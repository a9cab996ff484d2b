"""Which parser reads which tool, and how its series are named."""

from collections.abc import Mapping
from dataclasses import dataclass

from millwright.checks.parser import Parser
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.results.tools import fio, hpcc, ior, nccl_tests, osu
from millwright.results.tools.declared import ToolMetric, read_tool_declaration


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose output can be imported."""

    name: str
    """As ``--tool`` takes it."""
    title: str
    parse: Parser
    hand_in: str
    """The files that prove a result."""

    @property
    def check(self) -> str:
        """Name of its series."""
        return read_tool_declaration(self.name).name

    @property
    def metrics(self) -> Mapping[str, ToolMetric]:
        """Its metrics by name."""
        return read_tool_declaration(self.name).metrics


STREAMS = "standard output and error"
TOOLS = {
    tool.name: tool
    for tool in (
        Tool("osu", "OSU micro-benchmarks 5.x to 7.x", osu.parse, STREAMS),
        Tool("fio", "fio 2.x and 3.x", fio.parse, f"{STREAMS}, as JSON if possible"),
        Tool("ior", "IOR 3.x and 4.x", ior.parse, f"{STREAMS}, or the summary file"),
        Tool("hpcc", "HPC Challenge 1.4 and 1.5", hpcc.parse, "hpccoutf.txt and hpccinf.txt"),
        Tool("nccl-tests", "nccl-tests and rccl-tests", nccl_tests.parse, STREAMS),
    )
}


def find_tool(name: str) -> Tool:
    """The tool of a name; raises :exc:`BadInputError` for one that has no parser."""
    if name in TOOLS:
        return TOOLS[name]
    known = f"one of {', '.join(TOOLS)}{did_you_mean(name, TOOLS)}"
    raise BadInputError([Problem("--tool", name, "no parser for this tool", known, code="MW6220")])
