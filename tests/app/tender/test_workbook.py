"""The comparison as a workbook: numbers are numbers, text is text."""

import io

import openpyxl
import pytest

import worked_tender as worked
from millwright.app.context import Context
from millwright.app.tender.compare import Outputs, compare_offers
from millwright.app.tender.workbook import comparison_workbook


@pytest.fixture
def folder(tmp_path):
    return worked.copy(tmp_path)


def workbook(folder):
    return openpyxl.load_workbook(io.BytesIO(comparison_workbook(compare_offers(Context(), str(folder)))))


def test_numbers_are_numbers_with_filters_and_frozen_heads(folder):
    book = workbook(folder)
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    ranking = book["Ranking"]
    rank, offer, price, currency, date, *points = (cell for cell in ranking[2])
    assert (rank.value, offer.value, price.value, currency.value) == (1, "birch", 6500000, "EUR")
    assert date.is_date
    assert [cell.data_type for cell in points] == ["n", "n", "n"]
    assert {sheet.title for sheet in book} >= {"Offers", "Rejected", "Index", "Leave one out", "Tornado"}


def test_the_same_comparison_gives_the_same_bytes(folder):
    found = compare_offers(Context(), str(folder))
    assert comparison_workbook(found) == comparison_workbook(found)


def test_no_text_of_an_offer_becomes_a_formula(folder):
    for key in ("title", "committed.fp64_gemm.kind", "committed.fp64_gemm.precision"):
        worked.change(folder / "offers/cedar.yaml", key, "=cmd|'/C calc'!A1")
    cells = [cell for sheet in workbook(folder) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type in {"f", "e"}]
    assert [cell for cell in cells if cell.value == "=cmd|'/C calc'!A1" and cell.quotePrefix]


def test_without_an_admissible_offer_the_workbook_has_the_reasons(folder):
    for bidder in worked.BIDDERS:
        worked.change(folder / "offers" / f"{bidder}.yaml", "form_version", 1)
    book = workbook(folder)
    assert book["Rejected"].max_row == 6
    assert book["Ranking"].max_row == 1


def test_compare_writes_it(folder, tmp_path):
    target = tmp_path / "comparison.xlsx"
    assert compare_offers(Context(), str(folder), Outputs(xlsx=target)).xlsx == str(target)
    assert openpyxl.load_workbook(target)["Tender"]["B2"].value == "LH/2026/CD/0001"
