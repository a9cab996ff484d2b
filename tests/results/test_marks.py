"""Circumstances that a probe prints beside its samples, from its output to the verdict."""

import datetime

import numpy as np
import pytest

from millwright.checks.declaration import Better, Statistic
from millwright.checks.registry import shipped_checks
from millwright.core.claims import SourceKind
from millwright.core.errors import BadInputError
from millwright.core.verdict import Verdict
from millwright.facility.model import CommitmentClass
from millwright.results.evidence import RawOutput
from millwright.results.ingest import ingest
from millwright.results.marks import TEXTS, Mark
from millwright.results.parsers.probe import parse_probe
from millwright.results.samples import collect
from millwright.results.samples_file import SCHEMA, UNMARKED, read_samples, write_samples
from millwright.results.session import open_session
from millwright.verdicts.judge import judge
from millwright.verdicts.marked import find_marks, heed_marks
from millwright.verdicts.reference import Reference

BANDWIDTH = shipped_checks()["MemoryBandwidth"].metrics


def mark(node="rack-c1", word="unsteady", metric="", device="", rep="null"):
    place = f'"metric":"{metric}","device":"{device}","rep":{rep},"node":"{node}"'
    return f'{{"probe":"mark","mark":"{word}",{place}}}\n'


def marked(session_folder, *lines):
    seat = open_session(session_folder).read()
    raw = {
        folder: RawOutput("".join(lines) + output.stdout.read_text(), output.files)
        if folder.endswith("/MemoryBandwidth")
        else output
        for folder, output in seat.raw.items()
    }
    found = ingest([type(seat)(seat.seat, seat.report, raw)], facility="rack", registry=shipped_checks())
    return [sample for sample in found.samples if sample.check == "MemoryBandwidth"]


def test_a_mark_concerns_what_it_names_and_nothing_else(session_folder):
    lines = mark(), mark(node="rack-c2", word="throttled", metric="triad_bw", rep="2")
    samples = marked(session_folder, *lines)

    assert {s.marks for s in samples if s.node == "rack-c1"} == {"unsteady"}
    others = [(s.metric, s.rep) for s in samples if s.node == "rack-c2" and s.marks]
    assert others == [("triad_bw", 2)]


def test_marks_of_one_sample_add_up(session_folder):
    samples = marked(session_folder, mark(), mark(word="throttled"))
    assert {s.marks for s in samples if s.node == "rack-c1"} == {"unsteady throttled"}


@pytest.mark.parametrize(
    "line",
    [
        mark(word="hot"),
        mark(metric="bw"),
        mark(rep="-1"),
        mark(rep="true"),
        mark(device=" "),
        mark().replace('"rep":null,', ""),
    ],
)
def test_a_mark_that_says_nothing_known_is_a_fault_of_its_node(line):
    fault = parse_probe(line, BANDWIDTH).faults[0]
    assert fault.node == "rack-c1"


def test_marks_are_stored_with_their_samples(tmp_path, session_folder):
    samples = collect(marked(session_folder, mark(), mark(node="rack-c2", word="throttled", rep="1")))
    write_samples(samples, tmp_path / "samples.parquet")
    back = read_samples(tmp_path / "samples.parquet", "rack")

    assert [s.marks for s in back] == [s.marks for s in samples]
    assert {s.marks for s in back} == {"", "unsteady", "throttled"}


def test_samples_that_were_stored_before_there_were_marks_have_none(tmp_path, session_folder):
    import pyarrow.parquet as pq

    path = tmp_path / "samples.parquet"
    write_samples(collect(marked(session_folder)), path)
    pq.write_table(pq.read_table(path).drop_columns(["marks"]).cast(UNMARKED), path)
    assert {s.marks for s in read_samples(path, "rack")} == {""}


def test_a_mark_that_is_not_known_is_refused(tmp_path, session_folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "samples.parquet"
    write_samples(collect(marked(session_folder)), path)
    table = pq.read_table(path).drop_columns(["marks"])
    table = table.append_column(SCHEMA.field("marks"), pa.array(["hot"] * len(table)).dictionary_encode())
    pq.write_table(table.cast(SCHEMA), path)
    with pytest.raises(BadInputError, match="unknown mark 'hot'"):
        read_samples(path, "rack")


def reference(statistic=Statistic.MEDIAN, limit=10.0, better=Better.HIGHER):
    source = ("tender 4.2", SourceKind.READ, datetime.date(2026, 11, 30), CommitmentClass.SCORED)
    return Reference(limit, "GB/s", 0.0, better, *source, statistic)


@pytest.mark.parametrize(("value", "plain"), [(12.0, Verdict.PASS), (8.0, Verdict.FAIL)])
def test_a_rate_that_was_not_settled_decides_nothing(value, plain):
    values = np.full(15, value)
    found = judge(values, reference())
    unsteady = np.full(15, Mark.UNSTEADY, dtype=np.uint8)

    assert found.verdict is plain
    assert heed_marks(found, None) is found
    assert heed_marks(found, np.full(15, Mark.THROTTLED, dtype=np.uint8)).verdict is plain
    judged = heed_marks(found, unsteady)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.reason.startswith("unsteady: ")
    assert str(plain) in judged.reason
    assert list(find_marks(unsteady)) == ["15 of 15 values are unsteady"]


def test_wrong_results_are_wrong_however_unsteady_the_run_was():
    counts = np.array([0.0] * 12 + [1.0] * 3)
    found = judge(counts, reference(Statistic.DEFECTS, 0.0, Better.LOWER))
    assert heed_marks(found, np.full(15, Mark.UNSTEADY, dtype=np.uint8)).verdict is Verdict.FAIL


def test_every_combination_has_words_of_its_own():
    assert len({*TEXTS}) == len(TEXTS) == 2 ** len(Mark)
