"""Which parser reads which tool, and how its series are named."""

from collections.abc import Mapping
from dataclasses import dataclass

from millwright.checks.parser import Parser
from millwright.core.errors import BadInputError, Problem
from millwright.core.suggestions import did_you_mean
from millwright.results.tools import (
    babelstream,
    fio,
    hpcc,
    hpcg,
    hpl,
    ior,
    iperf3,
    nccl_tests,
    nvbandwidth,
    osu,
    stress_ng,
    ucx_perftest,
)
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
        Tool("hpl", "HPL 2.1 to 2.3", hpl.parse, "standard output and error, or HPL.out"),
        Tool("hpcg", "HPCG 3.0 and 3.1", hpcg.parse, "HPCG-Benchmark….txt or .yaml"),
        Tool("babelstream", "BabelStream 3.4 to 6.0", babelstream.parse, STREAMS),
        Tool("iperf3", "iperf3 3.x", iperf3.parse, f"{STREAMS}, as JSON (-J)"),
        Tool("ucx_perftest", "ucx_perftest 1.x", ucx_perftest.parse, f"{STREAMS} of the client"),
        Tool("stress-ng", "stress-ng 0.15 and later", stress_ng.parse, STREAMS),
        Tool("nvbandwidth", "nvbandwidth 0.4 and later", nvbandwidth.parse, STREAMS),
    )
}


def find_tool(name: str) -> Tool:
    """The tool of a name; raises :exc:`BadInputError` for one that has no parser."""
    if name in TOOLS:
        return TOOLS[name]
    known = f"one of {', '.join(TOOLS)}{did_you_mean(name, TOOLS)}"
    raise BadInputError([Problem("--tool", name, "no parser for this tool", known, code="MW6220")])
