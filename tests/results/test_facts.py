"""Facts beside the raw output of a case."""

import json
import time

from millwright.results import facts
from millwright.results.evidence import Origin
from millwright.results.facts import parse_facts, read_facts


def line(node="n1", unreadable=None, **found):
    values = {name.replace("_", "."): value for name, value in found.items()}
    return json.dumps({"node": node, "facts": values, "unreadable": unreadable or {}}) + "\n"


def origin(*files):
    return Origin("harness", "cpu", "Gemm", "Gemm %precision=fp64", 0, "7", ("n1", "n2"), (), files)


def rows_of(tmp_path, text, name="rfm_facts.jsonl"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (case,) = read_facts(tmp_path, [origin("rfm_job.out", name)])
    return case


def test_nodes_that_agree_are_folded_and_the_odd_one_shows(tmp_path):
    text = "".join(
        line(f"n{n}", clocks_governor="performance" if n < 4 else "powersave") for n in range(1, 5)
    )
    case = rows_of(tmp_path, text)
    assert [(row.name, row.value, row.nodes) for row in case.rows] == [
        ("clocks.governor", "performance", "n[1-3]"),
        ("clocks.governor", "powersave", "n4"),
    ]
    assert {(row.partition, row.case) for row in case.rows} == {("cpu", "Gemm %precision=fp64")}


def test_a_fact_that_could_not_be_read_keeps_its_reason(tmp_path):
    (row,) = rows_of(tmp_path, line(unreadable={"firmware.bios_version": "permission denied"})).rows
    assert (row.readable, row.value) == (False, "permission denied")


def test_a_case_without_a_file_has_no_facts(tmp_path):
    (case,) = read_facts(tmp_path, [origin("rfm_job.out")])
    assert (case.files, case.rows, case.broken_lines) == ((), (), 0)


def test_what_is_no_fact_is_counted_and_the_rest_stays(tmp_path):
    wrong = [
        "no json\n",
        "[1]\n",
        '{"node": 3, "facts": {}, "unreadable": {}}\n',
        '{"node": "n1", "facts": {"a": 1}, "unreadable": {}}\n',
        '{"node": "n1", "facts": {}, "unreadable": {}, "more": 1}\n',
        "[" * 4000 + "\n",
        line(a="x" * facts.MAX_LINE_CHARACTERS),
    ]
    case = rows_of(tmp_path, "".join(wrong) + line(kernel_release="6.12"))
    assert case.broken_lines == len(wrong)
    assert [row.value for row in case.rows] == ["6.12"]


def test_hostile_text_becomes_one_plain_line(tmp_path):
    (row,) = rows_of(tmp_path, line("n1\x1b[2J", a="x\n\x1b]0;title\x07\u202e")).rows
    assert all(text.isprintable() for text in (row.value, row.nodes, row.name))


def test_invalid_bytes_cost_their_line_only(tmp_path):
    case = rows_of(tmp_path, b"\xff\xfe\x00{\n" + line(a="1").encode())
    assert (case.broken_lines, len(case.rows)) == (1, 1)


def test_a_flood_of_names_is_bounded():
    found = parse_facts(line(**{f"name{n}": "x"}) for n in range(facts.MAX_NAMES + 500))
    assert len(found.facts) == facts.MAX_NAMES
    assert found.broken_lines == 500


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "MAX_FILE_BYTES", 10)
    case = rows_of(tmp_path, line(a="1"))
    assert (case.rows, case.broken_lines) == ((), 1)


def test_a_large_cluster_is_read_in_seconds(tmp_path):
    values = {f"fact.{n}": "some value of usual length" for n in range(15)}
    text = "".join(line(f"n{node}", **values) for node in range(2_000))
    started = time.process_time()
    case = rows_of(tmp_path, text)
    assert {row.nodes for row in case.rows} == {"n[0-1999]"}
    assert time.process_time() - started < 2  # about 0.2 s
