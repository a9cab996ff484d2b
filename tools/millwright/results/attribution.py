"""Whose fault a broken line is that names no node."""

from collections.abc import Collection, Iterator

from millwright.results.parsers.probe import ProbeOutput
from millwright.results.parsers.probe_line import Fault


def attribute(output: ProbeOutput, nodes: Collection[str]) -> tuple[Fault, ...]:
    """The faults of a job's output, with those of stray lines given to the nodes that are not whole.

    A line that belonged to a whole node would be missing among the samples that it vouched for. So a stray
    is of one of the nodes that failed, never ended or printed nothing; `nodes` are those of the job. If every
    node is whole, or none is, it stays a fault of the whole output.
    """
    strays = [fault for fault in output.faults if fault.is_stray]
    whole = frozenset(output.samples.nodes) - output.unfinished
    suspects = sorted({*output.unfinished, *nodes} - whole)
    if not (strays and suspects and whole):
        return output.faults
    more = f" and {len(strays) - 1} more" if len(strays) > 1 else ""
    text = f"a broken line that names no node ({strays[0].text}{more})"
    kept = tuple(fault for fault in output.faults if not fault.is_stray)
    return (*kept, *(Fault(text, node) for node in suspects))


def find_silent(output: ProbeOutput, nodes: Collection[str]) -> Iterator[str]:
    """Nodes of the job that printed nothing of the protocol, in order."""
    yield from sorted({*nodes} - {*output.samples.nodes} - output.unfinished)
