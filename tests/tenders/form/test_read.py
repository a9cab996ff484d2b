"""Filled-in forms: the offer that they state, or every problem by cell."""

import datetime

import pytest

import bid_forms
import worked_tender as worked
from millwright.core.errors import BadInputError
from millwright.tenders.form.layout import BID
from millwright.tenders.form.read import read_form
from millwright.tenders.model import Offer

RECEIVED = datetime.datetime(2026, 8, 31, 16, 20, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


def read(path, **more):
    return read_form(path, bid_forms.tender_of(), RECEIVED, **more)


def refuse(path, **more):
    with pytest.raises(BadInputError) as caught:
        read(path, **more)
    for problem in caught.value.problems:
        assert str(problem).isprintable()
    return sorted((problem.code, problem.key.removeprefix(f"{BID}!")) for problem in caught.value.problems)


@pytest.mark.parametrize("bidder", worked.BIDDERS)
def test_a_filled_in_form_states_the_same_offer_as_the_file(bidder, tmp_path):
    found = read(bid_forms.saved(bid_forms.filled(bidder), tmp_path)).offer
    stated = Offer.model_validate(worked.read(worked.WORKED / "offers" / f"{bidder}.yaml"))
    assert found.model_copy(update={"received": stated.received}) == stated


def test_an_empty_form_names_every_cell(tmp_path):
    path = tmp_path / "bid.xlsx"
    path.write_bytes(bid_forms.write_form(bid_forms.tender_of()))
    codes = refuse(path)
    assert {code for code, _ in codes} == {"MW7648"}
    assert len(codes) == 18


def test_every_problem_is_listed_by_its_cell(tmp_path):
    book = bid_forms.filled()
    sheet = book[BID]
    at = bid_forms.cell_of
    wrong = {
        at("bidder"): "../birch",
        at("title"): "a\u202eb",
        at("price"): "7.4 million",
        at("nodes"): 23.5,
        at("power"): "=1+1",
        at("committed.pue"): True,
        at("committed.pue", "date"): "August",
        at("committed.stream_triad"): -1,
        at("committed.stream_triad", "source"): None,
        at("committed.mpi_latency"): None,
        at("committed.fp64_gemm", "unit"): "TFLOP/s",
        "M40": "subject to our conditions",
    }
    for place, value in wrong.items():
        sheet[place].value = value
    assert refuse(bid_forms.saved(book, tmp_path)) == sorted(
        [
            ("MW7655", at("bidder")),
            ("MW7655", at("title")),
            ("MW7651", at("price")),
            ("MW7651", at("nodes")),
            ("MW7650", at("power")),
            ("MW7651", at("committed.pue")),
            ("MW7655", at("committed.stream_triad")),
            ("MW7656", at("committed.stream_triad", "source")),
            ("MW7648", at("committed.mpi_latency")),
            ("MW7653", at("committed.fp64_gemm", "unit")),
            ("MW7654", "M40"),
        ]
    )


def test_a_date_that_is_none_is_refused(tmp_path):
    book = bid_forms.filled()
    book[BID][bid_forms.cell_of("price", "date")].value = "31.08.2026"
    assert refuse(bid_forms.saved(book, tmp_path)) == [("MW7652", bid_forms.cell_of("price", "date"))]
    book[BID][bid_forms.cell_of("price", "date")].value = "2026-08-31"
    assert read(bid_forms.saved(book, tmp_path)).offer.price.date == datetime.date(2026, 8, 31)


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    book = bid_forms.filled()
    cell = book[BID][bid_forms.cell_of("title")]
    cell.value = "=HYPERLINK(1)"
    cell.data_type = "s"
    assert read(bid_forms.saved(book, tmp_path)).offer.title == "=HYPERLINK(1)"


@pytest.mark.parametrize("key", ["form_version", "mandatory.pue.limit", "tender"])
def test_a_form_of_another_version_is_refused(key, tmp_path):
    folder = worked.copy(tmp_path)
    worked.change(folder / "tender.yaml", key, {"form_version": 3, "tender": "LH/2027"}.get(key, 1.15))
    path = bid_forms.saved(bid_forms.filled(), tmp_path)
    with pytest.raises(BadInputError) as caught:
        read_form(path, bid_forms.tender_of(folder), RECEIVED)
    assert "MW7649" in {problem.code for problem in caught.value.problems}


def test_missing_values_can_be_taken_so_that_the_offer_is_rejected_later(tmp_path):
    book = bid_forms.filled()
    places = [bid_forms.cell_of(key) for key in ("price", "committed.pue", "workloads.climate.time")]
    for place in places:
        for column in "CIJ":
            book[BID][f"{column}{place[1:]}"].value = None
    book[BID][bid_forms.cell_of("committed.pue", "kind")].value = None
    path = bid_forms.saved(book, tmp_path)
    assert [code for code, _ in refuse(path)] == ["MW7648"] * 3
    found = read(path, allow_missing=True)
    assert sorted(found.missing) == sorted(places)
    assert found.offer.price is None
    assert "pue" not in found.offer.committed
    assert set(found.offer.workloads) == {"fine_tuning"}


def test_a_form_without_a_bidder_is_refused_even_then(tmp_path):
    book = bid_forms.filled()
    book[BID][bid_forms.cell_of("bidder")].value = None
    path = bid_forms.saved(book, tmp_path)
    assert refuse(path, allow_missing=True) == [("MW7648", bid_forms.cell_of("bidder"))]


def test_other_sheets_are_refused(tmp_path):
    book = bid_forms.filled()
    book.create_sheet("Conditions")
    assert refuse(bid_forms.saved(book, tmp_path)) == [("MW7646", "-")]


def test_a_rearranged_form_is_refused(tmp_path):
    book = bid_forms.filled()
    book[BID].insert_rows(12)
    assert "MW7653" in {code for code, _ in refuse(bid_forms.saved(book, tmp_path))}
