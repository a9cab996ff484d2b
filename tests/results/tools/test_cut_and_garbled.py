"""Whatever is cut off, mixed in or garbled: a parser never raises, and never counts more than was there."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millwright.checks.parser import Evidence, ToolFile, run_parser
from millwright.results.tools.registry import TOOLS

DATA = Path(__file__).resolve().parents[2] / "data" / "tools"
GOOD = [each for each in json.loads((DATA / "index.json").read_text()) if each["folder"] == "good"]


def read(each) -> tuple[ToolFile, ...]:
    folder = DATA / each["tool"] / "good"
    return tuple(ToolFile(name, (folder / name).read_bytes()) for name in each["files"])


def main_file(each) -> int:
    """Index of the file that holds the result: the largest."""
    sizes = [len(file.content) for file in read(each)]
    return sizes.index(max(sizes))


def parse(each, files):
    return run_parser(TOOLS[each["tool"]].parse, Evidence(files, each["command"]))


def with_content(each, content: bytes) -> tuple[ToolFile, ...]:
    files = list(read(each))
    at = main_file(each)
    files[at] = ToolFile(files[at].name, content)
    return tuple(files)


def essential(content: bytes) -> int:
    """Length without the blank and ruled lines after the end mark."""
    return len(content.rstrip(b"#\n \t"))


@pytest.mark.parametrize("each", GOOD, ids=[each["name"] for each in GOOD])
def test_an_output_cut_at_any_line_never_counts(each):
    whole = read(each)[main_file(each)].content
    lines = whole.splitlines(keepends=True)
    ended = optional_end(each, whole)
    for end in sorted({*range(0, len(lines), len(lines) // 12 + 1), *range(len(lines) - 4, len(lines))}):
        cut = b"".join(lines[:end])
        if len(cut) < ended:
            assert parse(each, with_content(each, cut)).counted == (), f"cut after line {end}"


@pytest.mark.parametrize("each", GOOD, ids=[each["name"] for each in GOOD])
def test_an_output_cut_within_its_last_lines_never_counts(each):
    whole = read(each)[main_file(each)].content
    ended = optional_end(each, whole)
    for end in range(max(0, ended - 12), ended):
        assert parse(each, with_content(each, whole[:end])).counted == (), f"cut at byte {end}"


LAST = {
    "iperf3": (b"}", 1),
    "hpl": (b"End of Tests.", len("End of Tests.")),
    "hpcg": (b"HPCG result is VALID", 0),
    "stress-ng": (b"successful run completed in ", len("successful run completed in ")),
    "nvbandwidth": (b"SUM host_to_device_memcpy_ce", 0),  # it does not say which tests were to run
}
"""Text behind which, and how many bytes on, an output may be cut."""


def optional_end(each, whole: bytes) -> int:  # noqa: PLR0911 - one for each tool
    """Where the last thing stands that an output must hold: what follows says nothing about the result."""
    if each["tool"] == "fio":
        if b"\n{" in b"\n" + whole and b'"jobs"' in whole:
            return whole.rindex(b"\n}") + len(b"\n}")
        if b"Run status" in whole:
            after = whole.index(b"Disk stats")
            return essential(whole[:after])
        return essential(whole) if b";" not in whole else 1
    if each["tool"] in LAST:
        mark, at = LAST[each["tool"]]
        return whole.rindex(mark) + at
    if each["name"] == "shm_batch":
        return whole.index(b"+lat4k")  # which tests were to run is not in the output
    if each["tool"] == "hpcc":
        return whole.index(b"End of HPC Challenge tests.")
    if b"Finished  " in whole:
        return whole.index(b"Finished  ")
    return essential(whole)


@pytest.mark.parametrize("each", GOOD, ids=[f"{each['tool']}-{each['name']}" for each in GOOD])
def test_an_output_cut_at_200_places_never_gives_a_wrong_value(each):
    """Whatever still counts is what the whole output says."""
    files, at = read(each), main_file(each)
    whole = files[at].content
    values = {(m.metric, m.parameters, m.node, m.device): m for m in parse(each, files).counted}
    step = max(1, len(whole) // 201)
    for end in {*range(0, len(whole), step), *range(max(0, len(whole) - 40), len(whole))}:
        for found in parse(each, with_content(each, whole[:end])).counted:
            complete = values.get((found.metric, found.parameters, found.node, found.device))
            assert complete == found, f"cut at byte {end} of {len(whole)}"


@settings(max_examples=60, deadline=None)
@given(
    each=st.sampled_from(GOOD),
    start=st.integers(0, 20_000),
    length=st.integers(1, 400),
    garbage=st.binary(max_size=60),
)
def test_garbage_within_an_output_never_raises(each, start, length, garbage):
    whole = read(each)[main_file(each)].content
    start %= len(whole)
    parsed = parse(each, with_content(each, whole[:start] + garbage + whole[start + length :]))
    assert not any("the parser failed" in fault.reason for fault in parsed.faults)


@settings(max_examples=100, deadline=None)
@given(tool=st.sampled_from(sorted(TOOLS)), content=st.binary(max_size=2_000), command=st.text(max_size=40))
def test_any_bytes_give_a_fault_and_no_value(tool, content, command):
    parsed = run_parser(TOOLS[tool].parse, Evidence((ToolFile("x", content),), command))
    assert parsed.faults
    assert parsed.counted == ()
    assert not any("the parser failed" in fault.reason for fault in parsed.faults)


SEVERAL_LINES = [each for each in GOOD if each["name"] != "terse"]


@pytest.mark.parametrize("each", SEVERAL_LINES, ids=[each["name"] for each in SEVERAL_LINES])
def test_two_outputs_mixed_line_by_line_never_count(each):
    whole = read(each)[main_file(each)].content
    lines = whole.splitlines(keepends=True)
    mixed = b"".join(line for pair in zip(lines, lines, strict=True) for line in pair)
    assert parse(each, with_content(each, mixed)).counted == ()


def test_a_site_parser_that_raises_counts_nothing():
    def parse_badly(evidence):
        raise KeyError("column")

    parsed = run_parser(parse_badly, Evidence(()))
    assert parsed.counted == ()
    assert "KeyError" in parsed.faults[0].reason
