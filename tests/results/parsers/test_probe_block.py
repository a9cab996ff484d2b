"""Whatever the fast way reads, the strict way reads alike: the same samples and no fault left out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millwright.checks.registry import shipped_checks
from millwright.results.parsers import probe
from millwright.results.parsers.probe import parse_probe
from millwright.results.parsers.probe_block import Regular

BANDWIDTH = shipped_checks()["MemoryBandwidth"].metrics
LINE = (
    '{"metric":"copy_bw","value":1.5,"unit":"GB/s","rep":0,"node":"n1","device":"","started":1795454507.25}'
)
DONE = '{"probe":"done","samples":1,"node":"n1"}'
SPECIAL = st.sampled_from(
    ['"', "\\", "{", "}", ":", ",", " ", "\r", "\t", "\0", "-", "+", ".", "e", "0", "é", "\ud7ff"]
)


def strictly(text, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(probe, "read_regular", lambda *_: ())
        return parse_probe(text, BANDWIDTH)


@st.composite
def damaged(draw):
    """A regular line with one character changed, added or lost."""
    at = draw(st.integers(0, len(LINE) - 1))
    new = draw(SPECIAL | st.text(max_size=2))
    return LINE[:at] + new.replace("\n", "") + LINE[at + draw(st.integers(0, 2)) :]


@given(
    lines=st.lists(
        damaged() | st.just(LINE) | st.just(LINE.replace(":", ": ").replace(",", ", ")), max_size=5
    )
)
def test_both_ways_agree_on_damaged_lines(lines):
    text = "\n".join([*lines, DONE])
    fast = parse_probe(text, BANDWIDTH)
    strict = strictly(text, pytest.MonkeyPatch())
    assert sorted(fast.samples) == sorted(strict.samples)
    assert fast.faults == strict.faults


@pytest.mark.parametrize(
    "number",
    [
        "01",
        "1.",
        ".5",
        "+1",
        "-0",
        "1e5",
        "1E+5",
        "1e",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "nan",
        "inf",
        "0x1",
        "1_0",
        "1 ",
        " 1",
        "--1",
        "true",
        "null",
        '"1"',
        "1" * 400,
        "1" * 5000,
        "0." + "0" * 400 + "1",
        "5e-324",
    ],
)
@pytest.mark.parametrize("key", ["value", "rep", "started"])
def test_both_ways_agree_on_every_kind_of_number(key, number, monkeypatch):
    before, _, after = LINE.partition(f'"{key}":')
    rest = after[after.index("," if key != "started" else "}") :]
    text = f'{before}"{key}":{number}{rest}\n{DONE}\n'
    fast, strict = parse_probe(text, BANDWIDTH), strictly(text, monkeypatch)
    assert (list(fast.samples), fast.faults) == (list(strict.samples), strict.faults)


@pytest.mark.parametrize(
    "line", [LINE, LINE.replace(",", ", ").replace(":", ": "), LINE.partition(',"started"')[0] + "}"]
)
def test_lines_as_our_probes_print_them_are_read_fast(line, monkeypatch):
    read = []
    fast = probe.read_regular
    monkeypatch.setattr(probe, "read_regular", lambda *a: [read.append(one) or one for one in fast(*a)])
    assert parse_probe(f"{line}\n{DONE}\n", BANDWIDTH).faults == ()
    assert [len(one.line) for one in read if isinstance(one, Regular)] == [1]


def test_a_million_broken_lines_are_refused_with_few_words():
    output = parse_probe(b"{\n" * 1_000_000, BANDWIDTH)
    assert len(output.faults) < 1100
    assert "too many faulty lines: line 100001" in output.faults[1000].text


def test_a_huge_line_is_not_kept():
    text = f"{LINE}\n{{{'x' * 20_000_000}\n{DONE}\n"
    assert any("longer than 65536 bytes" in text for text in parse_probe(text, BANDWIDTH).problems)


def test_a_node_that_prints_on_after_its_end_is_named():
    late = LINE.replace('"rep":0', '"rep":1')
    for more in (f"{late}\n", f"{late}\n{DONE}\n", f"{DONE}\n"):
        (fault, *_) = parse_probe(f"{LINE}\n{DONE}\n{more}", BANDWIDTH).faults[-1:]
        assert (fault.text, fault.node) == ("n1 prints on after line 2, where it was done", "n1")


def test_a_fault_names_the_node_whose_line_it_is():
    other = json.dumps({**json.loads(LINE), "node": "n2", "unit": "GiB/s"})
    faults = parse_probe(f"{LINE}\n{DONE}\n{other}\n", BANDWIDTH).faults
    assert {fault.node for fault in faults} == {"n2"}
