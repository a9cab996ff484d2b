"""Files of a tender: every problem at once with its line, and no text that hides something."""

import os

import pytest

import worked_tender as worked
from millwright.core.errors import BadInputError
from millwright.tenders.load import load_procedure

HIDDEN = {
    "escape": "a\x1b[2Jb",
    "line end": "a\nb",
    "reordering": "a\u202eb",
    "isolate": "a\u2066b",
    "no width": "a\u200bb",
    "separator": "a\u2028b",
    "c1": "a\u009bb",
    "blank": "   ",
}
TENDER_TEXTS = (
    "tender",
    "title",
    "law",
    "benchmarks.fp64_gemm.title",
    "benchmarks.fp64_gemm.source",
    "benchmarks.fp64_gemm.rate.precision",
    "benchmarks.fp64_gemm.commit.clause",
    "mandatory.pue.source",
    "workloads.climate.title",
    "lots.gpu.title",
)
OFFER_TEXTS = (
    "title",
    "tender",
    "price.source",
    "power.source",
    "committed.fp64_gemm.kind",
    "committed.fp64_gemm.precision",
    "committed.fp64_gemm.sparsity",
    "committed.pue.source",
    "workloads.climate.kind",
    "explanation",
)


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def refuse(folder):
    with pytest.raises(BadInputError) as caught:
        load_procedure(folder)
    for problem in caught.value.problems:
        assert str(problem).isprintable(), str(problem)
    return caught.value.problems


def codes(folder):
    return sorted(problem.code for problem in refuse(folder))


def test_the_worked_tender_is_read_with_the_hash_of_each_file(folder):
    procedure = load_procedure(folder)
    assert tuple(procedure.offers) == worked.BIDDERS
    assert procedure.tender.synthetic
    assert {len(each.sha256) for each in procedure.offers.values()} == {64}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_hidden_characters_are_refused_in_every_text(folder, text):
    for file, keys in (("tender.yaml", TENDER_TEXTS), ("offers/alder.yaml", OFFER_TEXTS)):
        data = worked.read(folder / file)
        for key in keys:
            worked.put(data, key, text)
        worked.write(folder / file, data)
    found = {(problem.file.split(":")[0].rpartition("/")[2], problem.key) for problem in refuse(folder)}
    assert {key for file, key in found if file == "tender.yaml"} == set(TENDER_TEXTS)
    assert {key for file, key in found if file == "alder.yaml"} == set(OFFER_TEXTS)


@pytest.mark.parametrize(
    "bidder", ["../birch", "/etc/passwd", "a/b", "Alder", "", ".", "..", "a" * 33, "alder\n", "=1+1", "a b"]
)
def test_a_bidder_that_is_no_plain_name_is_refused(folder, bidder):
    worked.change(folder / "offers/alder.yaml", "bidder", bidder)
    assert codes(folder) == ["MW7602"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, "many", None, "1e400", [1], True])
def test_a_price_that_is_no_amount_is_refused(folder, value):
    worked.change(folder / "offers/alder.yaml", "price.value", value)
    (problem,) = refuse(folder)
    assert (problem.code, problem.key) == ("MW7602", "price.value")
    assert problem.file.endswith("alder.yaml:7")


def test_a_problem_names_the_line_of_its_key(folder):
    file = folder / "offers/birch.yaml"
    lines = file.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("nodes:"))
    lines[at] = "nodes: 0"
    file.write_text("\n".join(lines))
    (problem,) = refuse(folder)
    assert problem.file == f"{file}:{at + 1}"


def test_all_problems_of_all_files_are_listed_at_once(folder):
    worked.change(folder / "tender.yaml", "award.quality_weight", 0.6)
    worked.change(folder / "tender.yaml", "award.formulla", "x")
    worked.change(folder / "offers/alder.yaml", "nodes", 0)
    worked.change(folder / "offers/birch.yaml", "power", ...)
    (folder / "offers/cedar.yaml").write_text("a: [")
    assert codes(folder) == ["MW7600", "MW7601", "MW7602", "MW7613"]


@pytest.mark.parametrize(
    ("code", "key", "value"),
    [
        ("MW7619", "award.quality_weight", 0.6),
        ("MW7620", "award.ceiling_eur", 4000000),
        ("MW7621", "award.formula", "quality_in_euro"),
        ("MW7622", "award.quality_by", "delivered"),
        ("MW7623", "benchmarks.fp64_gemm.weight", 1e9),
        ("MW7624", "published", "2026-12-01"),
        ("MW7606", "answers", [{"number": 2, "date": "2026-06-20", "text": "a"}]),
        ("MW7625", "answers", [{"number": 1, "date": "2026-10-20", "text": "a"}]),
        ("MW7627", "benchmarks.fp64_gemm.commit.lot", "gpus"),
        ("MW7626", "benchmarks.fp64_gemm.commit.metric", "large_bus_bw"),
    ],
)
def test_a_tender_that_contradicts_itself_is_refused(folder, code, key, value):
    file = folder / "tender.yaml"
    if code == "MW7622":
        worked.change(file, "workloads", {})
    if code == "MW7626":
        worked.change(file, "benchmarks.fp64_gemm.commit.check", "AcceleratorNodeAllReduce")
    worked.change(file, key, value)
    assert code in codes(folder)


def test_a_requirement_that_is_a_benchmark_too_is_refused(folder):
    tender = worked.read(folder / "tender.yaml")
    worked.change(folder / "tender.yaml", "mandatory.llm_training", tender["mandatory"]["pue"])
    assert codes(folder) == ["MW7605"]


def test_two_offers_of_one_name_are_refused(folder):
    worked.change(folder / "offers/birch.yaml", "title", "ALDER\u00a0 Systems (Synthetic)")
    worked.change(folder / "offers/cedar.yaml", "bidder", "alder")
    assert codes(folder) == ["MW7603", "MW7604", "MW7618"]


def test_nothing_among_the_offers_is_left_out_in_silence(folder):
    (folder / "offers/dogwood.yml").write_text("bidder: dogwood")
    (folder / "offers/elm").mkdir()
    (folder / "offers/fir.yaml").mkdir()
    (folder / "offers/.swp").write_text("an editor's")
    assert codes(folder) == ["MW7615", "MW7617", "MW7617"]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("MW7612", b"\xff\xfe"),
        ("MW7613", b"a: 1\na: 2"),
        ("MW7613", b"a: &a [*a]"),
        ("MW7613", b"[" * 500),
        ("MW7613", b"a: 2026-02-31"),
        ("MW7613", b"\x1b: 1"),
        ("MW7614", b"- 1"),
        ("MW7614", b""),
        ("MW7615", b"#" * (4 * 1024 * 1024 + 1)),
    ],
)
def test_a_file_that_is_no_offer_is_refused(folder, code, content):
    (folder / "offers/alder.yaml").write_bytes(content)
    assert codes(folder) == [code]


def test_a_pipe_among_the_offers_does_not_block(folder):
    os.mkfifo(folder / "offers/dogwood.yaml")
    assert codes(folder) == ["MW7615"]


def test_an_unknown_key_is_printed_without_its_hidden_characters(folder):
    worked.change(folder / "offers/alder.yaml", "no\x1b[31mdes\u202e", 1)
    assert codes(folder) == ["MW7600"]


def test_markup_and_formulas_are_text(folder):
    for text in ("<script>alert(1)</script>", "=cmd|'/C calc'!A1", "[red]x[/]", "{{ 7 * 7 }}", "+1", "@x"):
        worked.change(folder / "offers/alder.yaml", "title", text)
        assert load_procedure(folder).offers["alder"].offer.title == text
